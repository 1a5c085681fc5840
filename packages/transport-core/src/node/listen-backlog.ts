/**
 * How many connections the system may keep until the server accepts them. Node's default of 511 is soon full when all
 * clients reconnect at once, and a client that the system then refuses waits a second before its next try.
 */
export const LISTEN_BACKLOG = 4096;
