import { bun } from "./bun.mjs";

/** Who is measured: how it is called in tables, its program, and how the load speaks to it. */
const echo = (name) => new URL(`./echo/${name}.mjs`, import.meta.url);
const cluster = (name) => new URL(`./cluster/${name}.mjs`, import.meta.url);
const broadcast = (name) => new URL(`./broadcast/${name}.mjs`, import.meta.url);

export const echoServers = {
  rawNet: { label: "node:net, bytes unread", file: echo("raw-net"), dialect: "tcp" },
  imTcp: { label: "@im/transport-tcp", file: echo("im-tcp"), dialect: "tcp", ours: true },
  byHand: { label: "node:net, a loop by hand over frames", file: echo("by-hand"), dialect: "tcp" },
  ws: { label: "ws", file: echo("ws"), dialect: "ws" },
  socketIo: { label: "Socket.IO", file: echo("socket-io"), dialect: "socketIo" },
  ...(bun && { bun: { label: "Bun.serve", file: echo("bun-serve"), dialect: "ws", runtime: bun } }),
  imWs: { label: "@im/transport-ws", file: echo("im-ws"), dialect: "ws", ours: true },
};

const gateway = {
  file: new URL("./gateway/gateway.mjs", import.meta.url),
  dialect: "gateway",
  login: true,
  ours: true,
};

export const loginServers = {
  rawNet: echoServers.rawNet,
  imTcp: { ...echoServers.imTcp, label: "@im/transport-tcp, with login", args: ["--login"], login: true },
  ws: echoServers.ws,
  socketIo: echoServers.socketIo,
  imWs: { ...echoServers.imWs, label: "@im/transport-ws, with login", args: ["--login"], login: true },
  gateway: { ...gateway, label: "@im/gateway on WebSocket, with login", args: ["--raw", "--ws"], dialect: "ws" },
  imWsPlain: { ...echoServers.imWs, label: "@im/transport-ws, without login" },
};

/** @param burst broadcasts in one turn of the event loop */
export function broadcastServers(burst) {
  const args = [String(burst)];
  return {
    rawNet: { label: "node:net, loop of socket.write", file: broadcast("raw-net"), dialect: "bareWs", args },
    ws: { label: "ws, loop of send", file: broadcast("ws"), dialect: "ws", args },
    socketIo: { label: "Socket.IO, emit", file: broadcast("socket-io"), dialect: "socketIo", args },
    imWs: { label: "@im/transport-ws, broadcast", file: broadcast("im-ws"), dialect: "ws", args, ours: true },
  };
}

/** Two servers in one process, which talk over Redis. */
export function clusterServers(redisPort) {
  const args = [String(redisPort)];
  return {
    socketIo: {
      label: "Socket.IO, Redis adapter",
      file: cluster("socket-io"),
      dialect: "socketIo",
      args: [...args, "plain"],
      login: true,
    },
    socketIoSharded: {
      label: "Socket.IO, sharded Redis adapter",
      file: cluster("socket-io"),
      dialect: "socketIo",
      args: [...args, "sharded"],
      login: true,
    },
    im: {
      label: "@im/gateway, @im/cluster-redis",
      file: cluster("im-gateways"),
      dialect: "packets",
      args,
      login: true,
      ours: true,
    },
  };
}

/** Encrypted. */
export const tlsServers = {
  rawTls: { ...echoServers.rawNet, label: "node:tls, bytes unread", args: ["--tls"], tls: true },
  imTls: { ...echoServers.imTcp, label: "@im/transport-tcp, TLS", args: ["--tls"], tls: true },
  wsOnHttps: { ...echoServers.ws, label: "ws on https", args: ["--tls"], tls: true },
  imWss: { ...echoServers.imWs, label: "@im/transport-ws, TLS", args: ["--tls"], tls: true },
};

/** A gateway, beside a server that sends its packets back unread. */
export const gatewayServers = {
  plain: { ...echoServers.imTcp, label: "@im/transport-tcp, packets unread", dialect: "unreadPackets" },
  raw: { ...gateway, label: "@im/gateway, bodies as bytes", args: ["--raw"] },
  compact: { ...gateway, label: "@im/gateway, compact codecs", args: ["--compact"] },
  generated: { ...gateway, label: "@im/gateway, generated code", args: ["--generated"] },
};

/** Packages as ES modules and as CommonJS. */
export const formatServers = {
  tcp: { ...echoServers.imTcp, label: "@im/transport-tcp, ES modules" },
  requiredTcp: { ...echoServers.imTcp, label: "@im/transport-tcp, CommonJS", args: ["--commonjs"] },
  gateway: { ...gatewayServers.raw, label: "@im/gateway, ES modules" },
  requiredGateway: { ...gatewayServers.raw, label: "@im/gateway, CommonJS", args: ["--raw", "--commonjs"] },
};

/** A push to each connection in one turn. */
export const pushServers = {
  rawNet: broadcastServers(1).rawNet,
  imWs: {
    label: "@im/transport-ws, channel.push",
    file: broadcast("im-ws-pushes"),
    dialect: "ws",
    args: ["1"],
    ours: true,
  },
};

const clientFile = (name) => new URL(`../clients/${name}.mjs`, import.meta.url);

/** Clients that are measured, each with its server. */
export const requestClients = {
  socketIoClient: {
    label: "socket.io-client, emitWithAck",
    file: clientFile("socket-io-client"),
    server: new URL("./gateway/socket-io.mjs", import.meta.url),
  },
  imClient: {
    label: "@im/client on WebSocket",
    file: clientFile("im-client"),
    server: gateway.file,
    serverArgs: ["--raw", "--ws"],
    ours: true,
  },
  imTcpClient: {
    label: "@im/client on TCP",
    file: clientFile("im-client"),
    args: ["--tcp"],
    server: gateway.file,
    serverArgs: ["--raw"],
    ours: true,
  },
};
