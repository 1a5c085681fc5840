import {
  CloseCode,
  type CloseInfo,
  type Conn,
  type FrameReceiver,
  OpCode,
  type TransportError,
} from "@im/transport-core";
import { BasicCode, basicPing, basicPong, Extension, type LogicPkt, marshal, type Packet, read } from "@im/wire";
import type { Session } from "./client-status.js";
import type { Watched } from "./liveness.js";
import type { RequestLink } from "./requests.js";

/** What a link tells. None of these may throw. */
export interface LinkEvents {
  /** A frame of any kind has come. */
  heard(): void;
  received(packet: LogicPkt): void;
  /** Nothing can be sent any more: the connection has ended, or is closing. May be called again. */
  ended(info: CloseInfo): void;
}

/** RFC 6455 §7.4.1: data that is not what it says to be. The gateway says so as well. */
const INVALID_DATA = 1007;
/** Of a Conn that does not say how it ended. */
const LOST: CloseInfo = { code: CloseCode.Abnormal, reason: "", clean: false };

/** Packets over one connection that has signed in. What comes is told at once, nothing waits behind anything. */
export class Link implements FrameReceiver, RequestLink, Watched {
  readonly knowsKeys: boolean;
  readonly account: string;
  readonly #conn: Conn;
  readonly #events: LinkEvents;

  constructor(conn: Conn, { account, extensions }: Session, events: LinkEvents) {
    this.#conn = conn;
    this.account = account;
    this.knowsKeys = extensions.has(Extension.Idempotency);
    this.#events = events;
  }

  get queuedBytes(): number {
    return this.#conn.queuedBytes;
  }

  /** Begins to read: first what came glued to the answer of the sign-in. */
  start(): void {
    this.#conn.readFrames(this);
  }

  send(packet: Packet): boolean {
    return this.#write(OpCode.Binary, marshal(packet));
  }

  async drained(): Promise<void> {
    await this.#conn.drained();
  }

  ping(): void {
    // No Ping frame: pages cannot send it, and kim's server breaks its stream when it answers.
    this.#answer(() => this.send(basicPing));
  }

  /** Sends what is queued and Close. */
  close(code: number = CloseCode.Normal, reason = ""): Promise<void> {
    return this.#conn.close(code, reason);
  }

  /** Waits for nobody: the peer is not there. */
  cut(): void {
    this.#conn.destroy();
  }

  frame(opCode: OpCode, payload: Uint8Array): void {
    this.#events.heard();
    if (opCode === OpCode.Ping) this.#answer(() => this.#write(OpCode.Pong, payload));
    else if (opCode !== OpCode.Pong && payload.length > 0) this.#read(payload);
  }

  closing(info: CloseInfo): void {
    this.#events.ended(info);
  }

  end(info: CloseInfo): void {
    this.#events.ended(info);
  }

  #read(payload: Uint8Array): void {
    let packet: Packet;
    try {
      packet = read(payload);
    } catch (error) {
      const reason = `no packet: ${(error as Error).message}`;
      void this.close(INVALID_DATA, reason);
      this.#events.ended({ code: INVALID_DATA, reason, clean: false });
      return;
    }
    if (packet.kind === "logic") this.#events.received(packet);
    else if (packet.code === BasicCode.Ping) this.#answer(() => this.send(basicPong));
  }

  /** @returns whether the queue is below its mark */
  #write(opCode: OpCode, payload: Uint8Array): boolean {
    try {
      return this.#conn.writeFrame(opCode, payload);
    } catch (error) {
      // It is closing, and nobody has been told yet.
      const { code, closeInfo = LOST } = error as TransportError;
      if (code === "IM_ERR_CLOSED") this.#events.ended(closeInfo);
      throw error;
    }
  }

  #answer(write: () => void): void {
    try {
      write();
    } catch {
      // The connection is closing; its end says why.
    }
  }
}
