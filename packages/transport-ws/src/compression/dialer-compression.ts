import type { PerMessageDeflateOptions as EngineOptions, WebSocket } from "ws";
import type { WsConnDriver } from "../ws-conn-driver.js";
import { CompressedConnDriver } from "./compressed-conn-driver.js";
import { Compression } from "./compression.js";
import type { DeflateSettings } from "./deflate-options.js";
import { offerOf, readAnswer } from "./negotiation.js";

/** Agrees to compression with the servers that a dialer reaches. */
export class DialerCompression {
  readonly #compression: Compression;
  /** With which the engine makes the offer. */
  readonly engineOptions: { readonly perMessageDeflate: EngineOptions };

  constructor(settings: DeflateSettings) {
    this.#compression = new Compression(settings);
    this.engineOptions = { perMessageDeflate: offerOf(settings) };
  }

  /**
   * Notes what the server answers in this handshake.
   *
   * @returns what makes the driver of the connection, once it is open; it throws if the server agreed to less than was offered
   */
  follow(webSocket: WebSocket): (driver: WsConnDriver) => CompressedConnDriver | WsConnDriver {
    let answer: string | undefined;
    webSocket.once("upgrade", ({ headers }) => {
      answer = headers["sec-websocket-extensions"];
    });
    return (driver) => {
      if (answer === undefined) return driver;
      const { fromServer: incoming, fromClient: outgoing } = readAnswer(answer, this.#compression.settings);
      return new CompressedConnDriver(driver, this.#compression, { outgoing, incoming });
    };
  }
}
