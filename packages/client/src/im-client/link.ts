import { CloseCode, type CloseInfo, type Conn, type FrameReceiver, OpCode } from "@im/transport-core";
import { atEndOfTurn } from "@im/transport-core/authoring";
import { BasicCode, basicPing, basicPong, Extension, type LogicPkt, marshal, type Packet, read } from "@im/wire";
import type { Session } from "./client-status.js";
import type { Watched } from "./liveness.js";
import type { RequestLink } from "./requests.js";

/** What a link tells. None of these may throw. */
export interface LinkEvents {
  /** A frame of any kind has come. */
  heard(): void;
  received(packet: LogicPkt): void;
  /** Called once, last. */
  ended(info: CloseInfo): void;
}

const NO_BYTES = /* @__PURE__ */ new Uint8Array(0);
/** RFC 6455 §7.4.1: data that is not what it says to be. The gateway says so as well. */
const INVALID_DATA = 1007;

/** Packets over one connection that has signed in. What comes is told at once, nothing waits behind anything. */
export class Link implements FrameReceiver, RequestLink, Watched {
  readonly knowsKeys: boolean;
  readonly #conn: Conn;
  readonly #events: LinkEvents;
  #flushIsDue = false;

  constructor(conn: Conn, extensions: Session["extensions"], events: LinkEvents) {
    this.#conn = conn;
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

  send(packet: Packet): void {
    this.#write(OpCode.Binary, marshal(packet));
  }

  ping(): void {
    this.#answer(() => {
      if (this.#conn.canPing) this.#write(OpCode.Ping, NO_BYTES);
      else this.send(basicPing);
    });
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

  end(info: CloseInfo): void {
    this.#events.ended(info);
  }

  #read(payload: Uint8Array): void {
    let packet: Packet;
    try {
      packet = read(payload);
    } catch (error) {
      void this.close(INVALID_DATA, `no packet: ${(error as Error).message}`);
      return;
    }
    if (packet.kind === "logic") this.#events.received(packet);
    else if (packet.code === BasicCode.Ping) this.#answer(() => this.send(basicPong));
  }

  /** What is written in one turn leaves together at its end. */
  #write(opCode: OpCode, payload: Uint8Array): void {
    this.#conn.writeFrame(opCode, payload);
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    atEndOfTurn(() => {
      this.#flushIsDue = false;
      this.#conn.flush();
    });
  }

  #answer(write: () => void): void {
    try {
      write();
    } catch {
      // The connection is closing; its end says why.
    }
  }
}
