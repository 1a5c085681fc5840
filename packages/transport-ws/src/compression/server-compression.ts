import type { IncomingMessage } from "node:http";
import type { WebSocketServer } from "ws";
import type { WsConnDriver } from "../ws-conn-driver.js";
import { CompressedConnDriver } from "./compressed-conn-driver.js";
import { Compression } from "./compression.js";
import type { DeflateSettings } from "./deflate-options.js";
import { type AcceptedOffer, acceptOffer } from "./negotiation.js";

/** Agrees to compression with the clients of a server. */
export class ServerCompression {
  readonly #compression: Compression;
  readonly #accepted = new WeakMap<IncomingMessage, AcceptedOffer>();

  /** @param upgrader answers the upgrades */
  constructor(settings: DeflateSettings, upgrader: WebSocketServer) {
    this.#compression = new Compression(settings);
    upgrader.on("headers", (headers, request) => {
      const accepted = this.#accepted.get(request);
      if (accepted) headers.push(`Sec-WebSocket-Extensions: ${accepted.answer}`);
    });
  }

  /** Decides about the offers of a request. @returns false if they are malformed, which fails the handshake (RFC 6455 §9.1) */
  accepts(request: IncomingMessage): boolean {
    const header = request.headers["sec-websocket-extensions"];
    if (header === undefined) return true;
    try {
      const accepted = acceptOffer(header, this.#compression.settings);
      if (accepted) this.#accepted.set(request, accepted);
      return true;
    } catch {
      return false;
    }
  }

  /** The driver of a connection whose request was answered; undefined if it goes on without compression. */
  wrap(driver: WsConnDriver, request: IncomingMessage): CompressedConnDriver | undefined {
    const agreement = this.#accepted.get(request)?.agreement;
    if (!agreement) return undefined;
    const { fromServer: outgoing, fromClient: incoming } = agreement;
    return new CompressedConnDriver(driver, this.#compression, { outgoing, incoming });
  }
}
