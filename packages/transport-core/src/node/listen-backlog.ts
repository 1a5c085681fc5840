/**
 * How many connections the system may queue until the server accepts them. Node's default of 511 fills up when all clients
 * reconnect at once, and a client whose connection the system drops waits a second before it tries again.
 */
export const LISTEN_BACKLOG = 4096;
