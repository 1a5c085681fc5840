import type { Address, OpCode } from "@im/transport-core";
import type { AcceptSink, ListenerDriver } from "@im/transport-core/authoring";
import type { FromNode, FromPage } from "./bridge-messages.js";
import { BridgedConnDriver } from "./bridged-conn-driver.js";

const HOST = "127.0.0.1";

/** The page's end of the bridge. */
export class Bridge {
  readonly #control: WebSocket;
  readonly #listeners = new Map<number, BridgeListener>();
  readonly #sockets = new Map<number, BridgedConnDriver>();
  #last = 0;

  static async open(url: string): Promise<Bridge> {
    const control = new WebSocket(url);
    await new Promise((resolve) => {
      control.onopen = resolve;
    });
    return new Bridge(control);
  }

  private constructor(control: WebSocket) {
    this.#control = control;
    control.onmessage = ({ data }) => this.#heed(JSON.parse(data));
  }

  tell(message: FromPage): void {
    this.#control.send(JSON.stringify(message));
  }

  createListener(port: number): BridgeListener {
    const id = ++this.#last;
    const listener = new BridgeListener(this, id, port);
    this.#listeners.set(id, listener);
    return listener;
  }

  #heed(message: FromNode): void {
    switch (message.type) {
      case "accepted": {
        const { socket: id, host, port } = message;
        const listener = this.#listeners.get(message.listener)!;
        const local = { host: HOST, port: listener.port };
        const socket = new BridgedConnDriver(local, { host, port }, (told) => this.tell({ ...told, socket: id }));
        this.#sockets.set(id, socket);
        listener.accepted(socket);
        return;
      }
      case "frame":
        this.#sockets.get(message.socket)?.received(message.opCode, message.payload);
        return;
      case "ended":
        this.#sockets.get(message.socket)?.ended(message.code, message.reason);
        this.#sockets.delete(message.socket);
        return;
      default:
        this.#listeners.get(message.listener)!.heed(message);
    }
  }
}

/** A server's listening socket, at the other end of the bridge. */
export class BridgeListener implements ListenerDriver {
  readonly protocol = "websocket";
  port: number;
  readonly #bridge: Bridge;
  readonly #id: number;
  #sink!: AcceptSink;
  #answered!: (answer: FromNode) => void;

  constructor(bridge: Bridge, id: number, port: number) {
    this.#bridge = bridge;
    this.#id = id;
    this.port = port;
  }

  async listen(sink: AcceptSink): Promise<Address> {
    this.#sink = sink;
    const answer = await this.#ask({ type: "listen", listener: this.#id, port: this.port });
    if (answer.type !== "listening") throw new Error((answer as { message?: string }).message);
    this.port = answer.port;
    return { host: HOST, port: answer.port };
  }

  async close(): Promise<void> {
    await this.#ask({ type: "unlisten", listener: this.#id });
  }

  dialUrl({ host, port }: Address): string {
    return `ws://${host}:${port}/`;
  }

  encodeFrame(opCode: OpCode, payload: Uint8Array): Uint8Array {
    // Never asked for: the driver has no `writeEncoded`.
    const frame = new Uint8Array(1 + payload.length);
    frame[0] = opCode;
    frame.set(payload, 1);
    return frame;
  }

  heed(answer: FromNode): void {
    this.#answered(answer);
  }

  accepted(driver: BridgedConnDriver): void {
    const { remoteAddress } = driver;
    this.#sink.accepted({ remoteAddress, destroy: () => driver.destroy() })?.done(driver);
  }

  #ask(message: FromPage): Promise<FromNode> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#bridge.tell(message);
    });
  }
}
