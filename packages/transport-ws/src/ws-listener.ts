import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import { type Address, defaults, formatAddress, type OpCode } from "@im/transport-core";
import { type AcceptSink, LISTEN_BACKLOG, type ListenerDriver, PendingArrivals } from "@im/transport-core/authoring";
import { WebSocketServer } from "ws";
import { encodeFrame } from "./framing/frame-header.js";
import { UpgradedWebSocket } from "./upgraded-web-socket.js";
import { WsConnDriver } from "./ws-conn-driver.js";
import { engineOptions, type WsServerOptions } from "./ws-options.js";

/** Accepts WebSocket upgrades, on a port of its own or of a given HTTP server. */
export class WsListener implements ListenerDriver {
  readonly protocol = "websocket";
  readonly #options: WsServerOptions;
  readonly #upgrader: WebSocketServer;
  #close: (() => Promise<void>) | undefined;

  constructor(options: WsServerOptions) {
    this.#options = { ...options };
    const { protocols, maxPayloadBytes = defaults.maxPayloadBytes } = options;
    this.#upgrader = new WebSocketServer({
      ...engineOptions(maxPayloadBytes),
      noServer: true,
      clientTracking: false,
      WebSocket: UpgradedWebSocket,
      handleProtocols: (offered) => protocols?.find((protocol) => offered.has(protocol)) ?? false,
    });
  }

  async listen(sink: AcceptSink): Promise<Address> {
    const { server: given } = this.#options;
    const address = given ? this.#attach(given, sink) : await this.#listenAlone(sink);
    if (address === null || typeof address === "string") return { host: address ?? "", port: 0 };
    return { host: address.address, port: address.port };
  }

  async close(): Promise<void> {
    await this.#close?.();
  }

  dialUrl(address: Address): string {
    const { tls, server, path = "/" } = this.#options;
    const secure = tls !== undefined || (server !== undefined && "setSecureContext" in server);
    return `${secure ? "wss" : "ws"}://${formatAddress(address)}${path}`;
  }

  encodeFrame(opCode: OpCode, payload: Uint8Array): Uint8Array {
    return encodeFrame(opCode, payload);
  }

  #attach(server: Server, sink: AcceptSink): ReturnType<Server["address"]> {
    if (!server.listening) throw new Error("the given HTTP server does not listen yet; call its listen() first");
    const arrivals = new PendingArrivals(sink);
    const onUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (this.#isOurs(request)) {
        arrivals.add(socket);
        this.#upgrade(arrivals, request, socket, head);
      } else {
        decline(server, socket);
      }
    };
    server.on("upgrade", onUpgrade);
    this.#close = async () => {
      server.off("upgrade", onUpgrade);
    };
    return server.address();
  }

  async #listenAlone(sink: AcceptSink): Promise<ReturnType<Server["address"]>> {
    const { host, port = 0, tls } = this.#options;
    const server = tls ? createHttpsServer(tls, askForUpgrade) : createServer(askForUpgrade);
    const arrivals = new PendingArrivals(sink);
    server.on("connection", (socket: Socket) => arrivals.add(socket));
    server.on("upgrade", (request, socket: Socket, head) => {
      if (this.#isOurs(request)) this.#upgrade(arrivals, request, socket, head);
      else refuse(socket, 404);
    });
    server.listen({ port, backlog: LISTEN_BACKLOG, ...(host === undefined ? {} : { host }) });
    await once(server, "listening");
    server.on("error", (error) => sink.failed(error));
    this.#close = () => new Promise((resolve) => server.close(() => resolve()));
    return server.address();
  }

  #isOurs(request: IncomingMessage): boolean {
    const { path } = this.#options;
    return path === undefined || request.url?.split("?", 1)[0] === path;
  }

  #upgrade(arrivals: PendingArrivals, request: IncomingMessage, socket: Socket, head: Buffer): void {
    // What is no proper upgrade is refused by the engine, which then closes the socket.
    this.#upgrader.handleUpgrade(request, socket, head, () => {
      const arrival = arrivals.take(socket);
      if (arrival) arrival.ready(new WsConnDriver(socket, head, { isServer: true, maxFragments: 1024 }));
      else socket.destroy();
    });
  }
}

function askForUpgrade(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Connection: "close", Upgrade: "websocket", "Content-Type": "text/plain" });
  response.end("This is a WebSocket server: send an upgrade request.\n");
}

/** How many of our listeners have declined an upgrade. */
const declined = new WeakMap<Socket, number>();

/** Several listeners may share a server: when all have declined, nobody else will answer. */
function decline(server: Server, socket: Socket): void {
  const count = (declined.get(socket) ?? 0) + 1;
  declined.set(socket, count);
  if (count === server.listenerCount("upgrade")) refuse(socket, 404);
  // Whoever it is for, its reset must not end the process before they have taken it over.
  else socket.on("error", () => socket.destroy());
}

function refuse(socket: Socket, status: number): void {
  // Whoever asked may be gone already, or never hang up.
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
