import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Address, defaults, formatAddress, OpCode, TransportError } from "@im/transport-core";
import type { AcceptSink, ListenerDriver, Refusal } from "@im/transport-core/authoring";
import {
  endsOf,
  ListeningPlace,
  PendingHandshakes,
  RejectedSockets,
  TlsTerminator,
  TrustedProxies,
  tlsInfoOf,
} from "@im/transport-core/node";
import { WebSocketServer } from "ws";
import type { DeflateSettings } from "./compression/deflate-options.js";
import { ServerCompression } from "./compression/server-compression.js";
import { checkText } from "./framing/check-text.js";
import { encodeFrame } from "./framing/frame-header.js";
import { Forwarding } from "./upgrade/forwarding.js";
import { endIfPipelined } from "./upgrade/pipelined-upgrade.js";
import { ReceivedUpgrade } from "./upgrade/received-upgrade.js";
import { takeUpgrades } from "./upgrade/shared-upgrades.js";
import { UpgradeGate, type UpgradeRefusal } from "./upgrade/upgrade-gate.js";
import { checkPath, pathOf } from "./upgrade/upgrade-path.js";
import { refusalAnswer, statusOf } from "./upgrade/upgrade-refusal.js";
import { breachOf, guardStream, offersWebSocket } from "./upgrade/upgrade-rules.js";
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
  readonly #place: ListeningPlace;
  readonly #path: string | undefined;
  /** Of a server with a port of its own and TLS. */
  readonly tls: TlsTerminator | undefined;
  readonly #proxies: TrustedProxies | undefined;
  readonly #forwarding: Forwarding | undefined;
  readonly #compression: ServerCompression | undefined;
  readonly #rejected = new RejectedSockets();
  /** Of a Unix domain socket: the path on which the given server listens; empty for a descriptor. */
  #socketPath: string | undefined;
  #close: (() => Promise<void>) | undefined;

  constructor(options: WsServerOptions, deflate?: DeflateSettings) {
    this.#options = { ...options };
    this.#gate = new UpgradeGate(options);
    this.#place = new ListeningPlace(options);
    this.#path = options.path === undefined ? undefined : checkPath(options.path);
    this.#proxies = TrustedProxies.of(options, true);
    this.#forwarding = this.#proxies && new Forwarding(this.#proxies, options.forwardedHeader);
    const { protocols, tls } = options;
    this.tls = tls && new TlsTerminator(tls.ALPNCallback ? tls : { ALPNProtocols: ["http/1.1"], ...tls });
    this.#upgrader = new WebSocketServer({
      ...engineOptions,
      noServer: true,
      clientTracking: false,
      WebSocket: UpgradedWebSocket,
      handleProtocols: (offered) => protocols?.find((protocol) => offered.has(protocol)) ?? false,
    });
    this.#compression = deflate && new ServerCompression(deflate, this.#upgrader);
  }

  async listen(sink: AcceptSink): Promise<Address> {
    if ("bun" in process.versions) {
      throw new Error("a WebSocket server does not run on Bun, which answers upgrades otherwise: run it on Node");
    }
    const { server: given } = this.#options;
    const address = given ? this.#attach(given, sink) : await this.#listenAlone(sink);
    if (address === null || typeof address === "string") {
      this.#socketPath = address ?? "";
      return { host: this.#socketPath, port: 0 };
    }
    return { host: address.address, port: address.port };
  }

  async close(): Promise<void> {
    const closed = this.#close?.();
    this.#rejected.destroyAll();
    await closed;
  }

  /** Empty on a Unix domain socket, which no dialer can reach. */
  dialUrl(address: Address): string {
    const { server } = this.#options;
    if (address.host === this.#socketPath) return "";
    const secure = this.tls !== undefined || (server !== undefined && "setSecureContext" in server);
    return `${secure ? "wss" : "ws"}://${formatAddress(address)}${this.#path ?? "/"}`;
  }

  encodeFrame(opCode: OpCode, payload: Uint8Array): Uint8Array {
    if (opCode === OpCode.Text) checkText(payload);
    const frame = encodeFrame(opCode, payload);
    // Sockets would wrap any other array once more for each connection.
    return Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  }

  #attach(server: Server, sink: AcceptSink): ReturnType<Server["address"]> {
    if (!server.listening) throw new Error("the given HTTP server does not listen yet; call its listen() first");
    const handshakes = new PendingHandshakes(sink, (socket) => socket, this.#proxies);
    const leave = takeUpgrades(server, {
      loginWaitMs: this.#options.loginWaitMs ?? defaults.loginWaitMs,
      // Upgrades to other protocols are for the given server.
      isFor: (request) => this.#isOurs(request) && offersWebSocket(request),
      take: (request, stream, head) => {
        const upgrade = () => this.#upgrade(handshakes, sink, request, stream, head);
        handshakes.add(request.socket, upgrade, ({ why }) => this.#answer(request.socket, statusOf(why)));
      },
      missed: (request) => sink.failed(takenTwice(request), "upgrade"),
    });
    this.#close = async () => leave();
    return server.address();
  }

  async #listenAlone(sink: AcceptSink): Promise<ReturnType<Server["address"]>> {
    const { tls } = this;
    const handshakes = new PendingHandshakes(sink, tls ? endsOf : (socket) => socket, this.#proxies);
    const http = this.#speakHttp(handshakes, sink);
    // The HTTP server gets only sockets that the limits let in. It does not listen itself, so it has no timeouts of its
    // own: the login wait alone applies.
    const accept = (socket: Socket) => {
      const answer = tls ? undefined : ({ why }: Refusal) => this.#answer(socket, statusOf(why));
      const begin = () => {
        if (tls) tls.add(socket);
        // It is paused if a PROXY header was read.
        else http.emit("connection", socket.resume());
      };
      handshakes.add(socket, begin, answer);
    };
    tls?.start({
      secured: (socket) => void http.emit("connection", socket),
      failed: (error) => sink.failed(error, "handshake"),
    });
    const front = await this.#place.listen({ noDelay: true, allowHalfOpen: !tls }, tls !== undefined, accept);
    front.on("error", (error) => sink.failed(error));
    this.#close = () => new Promise<void>((resolve) => front.close(() => resolve()));
    return front.address();
  }

  #speakHttp(handshakes: PendingHandshakes, sink: AcceptSink): Server {
    const { maxHeaderBytes = wsDefaults.maxHeaderBytes } = this.#options;
    const server = createServer({ maxHeaderSize: maxHeaderBytes }, askForUpgrade);
    server.on("upgrade", (request, stream, head) => {
      guardStream(request, stream);
      if (endIfPipelined(request, this.#rejected)) return;
      if (this.#isOurs(request)) this.#upgrade(handshakes, sink, request, stream, head);
      else this.#reject(handshakes, request, { why: "handshake", status: 404 });
    });
    return server;
  }

  #isOurs(request: IncomingMessage): boolean {
    return this.#path === undefined || pathOf(request) === this.#path;
  }

  /** @param stream has what the peer sends behind its request; from Node 26 on it may differ from the socket */
  #upgrade(
    handshakes: PendingHandshakes,
    sink: AcceptSink,
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
  ): void {
    const status = breachOf(request);
    if (status !== undefined) {
      this.#reject(handshakes, request, { why: "handshake", status });
      return;
    }
    const refused = handshakes.identify(request.socket, (proxy) => this.#forwarding!.clientOf(request, proxy));
    if (refused) {
      this.#answer(request.socket, statusOf(refused.why));
      return;
    }
    const shakeHands = (data?: unknown) => this.#shakeHands(handshakes, request, stream, head, data);
    if (this.#gate.isUnguarded) {
      shakeHands();
      return;
    }
    // Without another listener meanwhile, a reset would end the process.
    const onError = () => stream.destroy();
    stream.on("error", onError);
    void this.#gate
      .ask(request, handshakes.remoteAddressOf(request.socket), (error) => sink.failed(error, "upgrade"))
      .then(({ refusal, data }) => {
        if (stream.destroyed) return;
        if (refusal) {
          this.#reject(handshakes, request, refusal);
          return;
        }
        stream.off("error", onError);
        shakeHands(data);
      });
  }

  #shakeHands(
    handshakes: PendingHandshakes,
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    data: unknown,
  ): void {
    const { maxFragments = wsDefaults.maxFragments } = this.#options;
    if (this.#compression?.accepts(request) === false) {
      this.#reject(handshakes, request, { why: "handshake", status: 400 });
      return;
    }
    // The engine accepts no list of protocols.
    request.headers.upgrade = "websocket";
    // The engine refuses an invalid key or subprotocol, and closes the socket.
    this.#upgrader.handleUpgrade(request, stream, head, (webSocket) => {
      const { handedOver } = webSocket as UpgradedWebSocket;
      const accepted = handshakes.take(request.socket);
      if (!accepted) {
        handedOver!.socket.destroy();
        return;
      }
      const { handshake, client } = accepted;
      const driver = new WsConnDriver(handedOver!, { isServer: true, maxFragments }, client && { remote: client });
      const info = { request: new ReceivedUpgrade(request, data), tls: tlsInfoOf(request.socket) };
      handshake.done(this.#compression?.wrap(driver, request) ?? driver, info);
    });
  }

  #reject(handshakes: PendingHandshakes, { socket }: IncomingMessage, { why, status }: UpgradeRefusal): void {
    handshakes.refuse(socket, why);
    this.#answer(socket, status);
  }

  #answer(socket: Socket, status: number): void {
    this.#rejected.add(socket, refusalAnswer(status));
  }
}

function askForUpgrade(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Connection: "close, Upgrade", Upgrade: "websocket", "Content-Type": "text/plain" });
  response.end("This is a WebSocket server: send an upgrade request.\n");
}

function takenTwice(request: IncomingMessage): TransportError {
  return new TransportError(
    "IM_ERR_INVALID_OPTION",
    `two servers take the upgrades of ${pathOf(request)} from one HTTP server, and the first got it: give each a path of its own`,
  );
}
