// For authors of transports on Node's sockets. It follows semver, as the rest.

export { checkTls } from "./check-tls.js";
export { incomingSocket } from "./incoming-socket.js";
export { LISTEN_BACKLOG } from "./listen-backlog.js";
export { endsOf, PendingHandshakes } from "./pending-handshakes.js";
export { RejectedSockets } from "./rejected-sockets.js";
export { SocketConnDriver } from "./socket-conn-driver.js";
export { tlsInfoOf } from "./tls-info.js";
export { WriteBatch } from "./write-batch.js";
