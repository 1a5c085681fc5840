import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer as createNetServer, type Socket } from "node:net";
import { type Address, formatAddress, type OpCode, TransportError } from "@im/transport-core";
import {
  type AcceptSink,
  endsOf,
  LISTEN_BACKLOG,
  type ListenerDriver,
  MAX_TIMER_MS,
  PendingArrivals,
  type Refusal,
  TurnedAway,
} from "@im/transport-core/authoring";
import { WebSocketServer } from "ws";
import { encodeFrame } from "./framing/frame-header.js";
import { UpgradeGate } from "./upgrade/upgrade-gate.js";
import { refusalAnswer, refuse, statusOf } from "./upgrade/upgrade-refusal.js";
import { engineOptions, UpgradedWebSocket } from "./upgraded-web-socket.js";
import { WsConnDriver } from "./ws-conn-driver.js";
import { wsDefaults } from "./ws-defaults.js";
import type { WsServerOptions } from "./ws-options.js";

/** Accepts WebSocket upgrades, on a port of its own or of a given HTTP server. */
export class WsListener implements ListenerDriver {
  readonly protocol = "websocket";
  readonly #options: WsServerOptions;
  readonly #upgrader: WebSocketServer;
  readonly #gate: UpgradeGate;
  #close: (() => Promise<void>) | undefined;

  constructor(options: WsServerOptions) {
    this.#options = { ...options };
    this.#gate = new UpgradeGate(options);
    const { protocols } = options;
    this.#upgrader = new WebSocketServer({
      ...engineOptions,
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
    const frame = encodeFrame(opCode, payload);
    // Sockets would wrap any other array once more for each connection.
    return Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  }

  #attach(server: Server, sink: AcceptSink): ReturnType<Server["address"]> {
    if (!server.listening) throw new Error("the given HTTP server does not listen yet; call its listen() first");
    const arrivals = new PendingArrivals(sink);
    const onUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (!this.#isOurs(request)) decline(server, socket);
      else if (isTaken(socket)) sink.failed(takenTwice(request), "upgrade");
      else if (arrivals.add(socket, ({ why }) => refuse(socket, statusOf(why)))) {
        this.#upgrade(arrivals, sink, request, socket, head);
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
    const arrivals = tls ? new PendingArrivals(sink, endsOf) : new PendingArrivals(sink);
    const turnedAway = new TurnedAway();
    const http = this.#speakHttp(arrivals, sink);
    // Sockets reach the HTTP server once they are within the limits. As it does not listen itself, it has no timeouts of
    // its own: the login wait alone counts.
    const front = createNetServer({ noDelay: true, allowHalfOpen: !tls }, (socket) => {
      const answer = tls ? undefined : ({ why }: Refusal) => turnedAway.add(socket, refusalAnswer(statusOf(why)));
      if (arrivals.add(socket, answer)) http.emit("connection", socket);
    });
    front.listen({ port, backlog: LISTEN_BACKLOG, ...(host === undefined ? {} : { host }) });
    await once(front, "listening");
    front.on("error", (error) => sink.failed(error));
    this.#close = async () => {
      const closed = new Promise<void>((resolve) => front.close(() => resolve()));
      turnedAway.destroyAll();
      await closed;
    };
    return front.address();
  }

  #speakHttp(arrivals: PendingArrivals, sink: AcceptSink): Server {
    const { tls, maxHeaderBytes = wsDefaults.maxHeaderBytes } = this.#options;
    const server = tls
      ? createHttpsServer({ maxHeaderSize: maxHeaderBytes, handshakeTimeout: MAX_TIMER_MS, ...tls }, askForUpgrade)
      : createServer({ maxHeaderSize: maxHeaderBytes }, askForUpgrade);
    server.on("upgrade", (request, socket: Socket, head) => {
      if (this.#isOurs(request)) this.#upgrade(arrivals, sink, request, socket, head);
      else refuse(socket, 404);
    });
    return server;
  }

  #isOurs(request: IncomingMessage): boolean {
    const { path } = this.#options;
    return path === undefined || request.url?.split("?", 1)[0] === path;
  }

  #upgrade(arrivals: PendingArrivals, sink: AcceptSink, request: IncomingMessage, socket: Socket, head: Buffer): void {
    const shakeHands = () => this.#shakeHands(arrivals, request, socket, head);
    if (this.#gate.isUnguarded) {
      shakeHands();
      return;
    }
    // Nobody else listens meanwhile, and a reset must not end the process.
    const onError = () => socket.destroy();
    socket.on("error", onError);
    void this.#gate
      .ask(request, (error) => sink.failed(error, "upgrade"))
      .then((refusal) => {
        if (socket.destroyed) return;
        socket.off("error", onError);
        if (!refusal) {
          shakeHands();
          return;
        }
        arrivals.giveUp(socket, refusal.why);
        refuse(socket, refusal.status);
      });
  }

  #shakeHands(arrivals: PendingArrivals, request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { maxFragments = wsDefaults.maxFragments } = this.#options;
    // What is no proper upgrade is refused by the engine, which then closes the socket.
    this.#upgrader.handleUpgrade(request, socket, head, (webSocket) => {
      const handedOver = (webSocket as UpgradedWebSocket).handedOver!;
      const arrival = arrivals.take(socket);
      if (arrival) arrival.ready(new WsConnDriver(socket, handedOver.head, { isServer: true, maxFragments }));
      else socket.destroy();
    });
  }
}

function askForUpgrade(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Connection: "close", Upgrade: "websocket", "Content-Type": "text/plain" });
  response.end("This is a WebSocket server: send an upgrade request.\n");
}

/** Upgrades of a shared server that one of our listeners has taken. */
const taken = new WeakSet<Socket>();

function isTaken(socket: Socket): boolean {
  const isTaken = taken.has(socket);
  taken.add(socket);
  return isTaken;
}

function takenTwice({ url }: IncomingMessage): TransportError {
  const path = JSON.stringify(url);
  return new TransportError(
    "IM_ERR_INVALID_OPTION",
    `two servers take the upgrades of ${path} from one HTTP server, and the first has it: give each a path of its own`,
  );
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
