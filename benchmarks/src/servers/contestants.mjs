/** Who is measured: how it is called in tables, its program, and how the load speaks to it. */
const echo = (name) => new URL(`./echo/${name}.mjs`, import.meta.url);
const broadcast = (name) => new URL(`./broadcast/${name}.mjs`, import.meta.url);

export const echoServers = {
  rawNet: { label: "node:net, bytes unread", file: echo("raw-net"), dialect: "tcp" },
  imTcp: { label: "@im/transport-tcp", file: echo("im-tcp"), dialect: "tcp", ours: true },
  ws: { label: "ws", file: echo("ws"), dialect: "ws" },
  socketIo: { label: "Socket.IO", file: echo("socket-io"), dialect: "socketIo" },
  imWs: { label: "@im/transport-ws", file: echo("im-ws"), dialect: "ws", ours: true },
};

export const loginServers = {
  rawNet: echoServers.rawNet,
  imTcp: { ...echoServers.imTcp, label: "@im/transport-tcp, with login", args: ["--login"], login: true },
  ws: echoServers.ws,
  socketIo: echoServers.socketIo,
  imWs: { ...echoServers.imWs, label: "@im/transport-ws, with login", args: ["--login"], login: true },
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
