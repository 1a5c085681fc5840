// For authors of transports on Node's sockets. It follows semver, as the rest.

export { type AcceptedSocket, acceptSocket } from "./accept-socket.js";
export {
  type ConnectOptions,
  connectOptionNames,
  connectSocket,
  type NetConnectOptions,
  netConnectOptions,
  type SocketTarget,
} from "./connect-socket.js";
export { dialHost } from "./dial-host.js";
export { incomingSocket } from "./incoming-socket.js";
export { LISTEN_BACKLOG } from "./listen-backlog.js";
export { checkListenOptions, ListeningPlace, type ListenOptions, listenOptionNames } from "./listening-place.js";
export { endsOf, PendingHandshakes } from "./pending-handshakes.js";
export { ipAddress } from "./proxies/ip-address.js";
export { type ProxyOptions, proxyOptionNames, TrustedProxies } from "./proxies/trusted-proxies.js";
export { RejectedSockets } from "./rejected-sockets.js";
export { type KnownAddresses, SocketConnDriver } from "./socket-conn-driver.js";
export { tlsInfoOf } from "./tls-info.js";
export { checkTlsDialerOptions, type TlsDialerOptions, type TlsServerOptions } from "./tls-options.js";
export { type TlsSink, TlsTerminator } from "./tls-terminator.js";
export { WriteBatch } from "./write-batch.js";
