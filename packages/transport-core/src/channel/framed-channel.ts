import { checkDataOpCode, readConflict } from "../conn/conn-errors.js";
import { ConnHandle } from "../conn/conn-handle.js";
import type { Agent } from "../contract/agent.js";
import type { Channel } from "../contract/channel.js";
import { OpCode } from "../contract/frame.js";
import type { MessageListener } from "../contract/message-listener.js";
import type { CloseInfo } from "../errors.js";
import { checkWait } from "../internal/check-options.js";
import type { Received } from "../limits/received-total.js";
import { AgentHandle } from "./agent-handle.js";
import type { ChannelConn } from "./channel-conn.js";
import { ReadLoop, type ReadLoopOwner, type ReadLoopSettings } from "./read-loop.js";

/** What the channels of one server have in common. */
export interface ChannelSettings extends ReadLoopSettings {
  readonly readWaitMs: number;
}

type Meta = Readonly<Record<string, unknown>>;
const NO_META: Meta = /* @__PURE__ */ Object.freeze({});

/** The Channel over any Conn: an identity, meta, and a read loop. */
export class FramedChannel extends ConnHandle implements Channel {
  readonly id: string;
  readonly meta: Meta;
  readonly #conn: ChannelConn;
  /** Those of its server, shared by all its channels. */
  readonly settings: ChannelSettings;
  #readWaitMs: number;
  #readLoop: ReadLoop<FramedChannel> | undefined;
  #agent: AgentHandle | undefined;

  constructor(id: string, conn: ChannelConn, settings: ChannelSettings, meta: Meta = NO_META) {
    super(conn);
    this.id = id;
    this.meta = meta;
    this.#conn = conn;
    this.settings = settings;
    this.#readWaitMs = settings.readWaitMs;
  }

  /** What listeners and hooks get; made when the first asks. */
  get agent(): Agent {
    this.#agent ??= new AgentHandle(this);
    return this.#agent;
  }

  // Agent

  push(payload: Uint8Array, opCode: OpCode = OpCode.Binary): boolean {
    if (opCode !== OpCode.Binary) checkDataOpCode(opCode);
    return this.writeFrame(opCode, payload);
  }

  /** A push of a frame that is encoded already and shared with other channels of the same server. */
  pushEncoded(frame: Uint8Array, payload: Uint8Array, opCode: OpCode): boolean {
    return this.#conn.writeEncoded(frame, opCode, payload);
  }

  // Channel

  readLoop(listener: MessageListener): Promise<CloseInfo> {
    return new Promise((resolve) => this.read(listener, { readEnded: (_, info) => resolve(info) }));
  }

  /**
   * Like `readLoop`, without a promise for each channel.
   *
   * @throws `IM_ERR_READ_CONFLICT`
   */
  read(listener: MessageListener, owner: ReadLoopOwner<FramedChannel>): void {
    if (this.#readLoop) throw readConflict();
    this.#readLoop = new ReadLoop(this, listener, this.#readWaitMs, this.settings, owner);
    try {
      this.#conn.readFrames(this.#readLoop);
    } catch (conflict) {
      this.#readLoop = undefined;
      throw conflict;
    }
  }

  setReadWait(waitMs: number): void {
    this.#readWaitMs = checkWait("readWaitMs", waitMs);
    if (this.#readLoop) this.#readLoop.readWaitMs = waitMs;
  }

  /** Takes nothing more from the peer; resolves when the listener is done with what had come. */
  async quiesce(): Promise<void> {
    await this.#readLoop?.quiesce();
  }

  /** Whether its socket is closed; its listener may still be at work. */
  get hasEnded(): boolean {
    return this.#readLoop?.hasEnded ?? false;
  }

  /** Closes the socket now, and does not wait for the listener either. */
  cut(): void {
    this.#readLoop?.abandon();
    this.destroy();
  }

  // What the read loop asks for

  get flushesTaken(): number {
    return this.#conn.flushesTaken;
  }

  get received(): Received | undefined {
    return this.#conn.received;
  }
}
