import {
  CloseCode,
  type CloseInfo,
  type Conn,
  type FrameReceiver,
  OpCode,
  type TransportError,
} from "@im/transport-core";
import { answerHeartbeat } from "@im/transport-core/internal";
import { BasicCode, basicPing, basicPong, type LogicPkt, marshal, type Packet, read } from "@im/wire";
import { Extension } from "@im/wire/codec";
import type { Session } from "./client-status.js";
import type { Watched } from "./liveness.js";
import type { RequestConnection } from "./requests.js";

/** None of these may throw. */
export interface PacketConnectionEvents {
  /** A frame of any kind was received. */
  onActivity(): void;
  received(packet: LogicPkt): void;
  /** Nothing can be sent any more: the connection has ended, or is closing. May be called again. */
  ended(info: CloseInfo): void;
}

/** RFC 6455 §7.4.1: invalid data. The gateway closes with it as well. */
const INVALID_DATA = 1007;
/** For a Conn that does not say how it ended. */
const LOST: CloseInfo = { code: CloseCode.Abnormal, reason: "", clean: false };

/** Packets over one connection that has signed in. Each packet is given on as soon as it is read. */
export class PacketConnection implements FrameReceiver, RequestConnection, Watched {
  readonly supportsIdempotency: boolean;
  readonly account: string;
  readonly #conn: Conn;
  readonly #events: PacketConnectionEvents;

  constructor(conn: Conn, { account, extensions }: Session, events: PacketConnectionEvents) {
    this.#conn = conn;
    this.account = account;
    this.supportsIdempotency = extensions.has(Extension.Idempotency);
    this.#events = events;
  }

  get queuedBytes(): number {
    return this.#conn.queuedBytes;
  }

  /** Begins to read, with what was received in the same chunk as the answer to the sign-in. */
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

  /** Sends what is queued, then Close. */
  close(code: number = CloseCode.Normal, reason = ""): Promise<void> {
    return this.#conn.close(code, reason);
  }

  /** Destroys the connection without waiting for the peer. */
  cut(): void {
    this.#conn.destroy();
  }

  frame(opCode: OpCode, payload: Uint8Array): void {
    this.#events.onActivity();
    if (!answerHeartbeat(this.#conn, opCode, payload) && payload.length > 0) this.#read(payload);
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
      // It is closing, and `ended` has not been called yet.
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
