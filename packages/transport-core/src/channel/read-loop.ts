import { isClosedError, readConflict } from "../conn/conn-errors.js";
import { ConnHandle } from "../conn/conn-handle.js";
import { turnNowMs } from "../conn/end-of-turn.js";
import { FrameInbox } from "../conn/frame-inbox.js";
import { answerHeartbeat } from "../conn/heartbeats.js";
import type { Agent } from "../contract/agent.js";
import { CloseCode } from "../contract/close-code.js";
import { OpCode } from "../contract/frame.js";
import type { MessageListener } from "../contract/message-listener.js";
import { type CloseInfo, TransportError } from "../errors.js";
import { checkWait } from "../internal/check-options.js";
import { EMPTY_BYTES } from "../internal/empty-bytes.js";
import { PatientTimer } from "../internal/patient-timer.js";
import { isThenable } from "../internal/thenable.js";
import { AgentHandle } from "./agent-handle.js";
import type { ChannelConn } from "./channel-conn.js";
import type { ChannelSettings } from "./channel-settings.js";
import { signsOfLifeOf } from "./signs-of-life.js";

/** Called when the reading of a channel is over; one for many channels. */
export interface ReadLoopOwner<Channel> {
  /** Called once, when the connection has ended and all that was received before was given to the listener. */
  readEnded(channel: Channel, info: CloseInfo): void;
}

/**
 * The reading half of a channel: answers heartbeats, renews the read deadline, gives messages to the listener in order.
 *
 * Users hold channels, so what the machinery calls is static. The class itself is the receiver of all their frames.
 */
export abstract class ReadLoop extends ConnHandle {
  abstract readonly id: string;
  abstract readonly meta: Agent["meta"];
  readonly #conn: ChannelConn;
  readonly #settings: ChannelSettings;
  #readWaitMs: number;
  #agent: AgentHandle | undefined;
  /** Once the loop runs. */
  #listener: MessageListener | undefined;
  /** Until it has been called. */
  #owner: ReadLoopOwner<this> | undefined;
  /** Messages that the listener has not settled. */
  #running = 0;
  #inbox: FrameInbox | undefined;
  /** Pongs that wait since the system last took all that there was. */
  #pongs = 0;
  #pongsSince = 0;
  #paused = false;
  #ended: CloseInfo | undefined;
  #isAbandoned = false;
  #giveUp: PatientTimer | undefined;
  #whenIdle: (() => void) | undefined;

  constructor(conn: ChannelConn, settings: ChannelSettings) {
    super(conn);
    this.#conn = conn;
    this.#settings = settings;
    this.#readWaitMs = settings.readWaitMs;
  }

  setReadWait(waitMs: number): void {
    this.#readWaitMs = checkWait("readWaitMs", waitMs);
  }

  // For the server

  /** What listeners and hooks get; made when the first asks. */
  static agentOf(channel: ReadLoop): Agent {
    channel.#agent ??= new AgentHandle(channel, channel.#conn);
    return channel.#agent;
  }

  /** Those of its server, shared by all its channels. */
  static settingsOf(channel: ReadLoop): ChannelSettings {
    return channel.#settings;
  }

  /** A push of a frame that is encoded already and shared with other channels of the same server. */
  static pushEncoded(channel: ReadLoop, frame: Uint8Array, payload: Uint8Array, opCode: OpCode): boolean {
    return channel.#conn.writeFrame(opCode, payload, frame);
  }

  /**
   * Like `readLoop`, without a promise for each channel.
   *
   * @throws `IM_ERR_READ_CONFLICT`
   */
  static start<C extends ReadLoop>(channel: C, listener: MessageListener, owner: ReadLoopOwner<C>): void {
    if (channel.#listener) throw readConflict();
    channel.#listener = listener;
    channel.#owner = owner;
    channel.#renewDeadline(performance.now());
    try {
      channel.#conn.readFramesFor<ReadLoop>(channel, ReadLoop);
    } catch (conflict) {
      channel.#listener = undefined;
      throw conflict;
    }
  }

  /** Reads nothing more; resolves when the listener is done with what was received. */
  static async quiesce(channel: ReadLoop): Promise<void> {
    if (!channel.#listener) return;
    channel.#pause();
    if (channel.#isIdle() || channel.#whenIdle) return;
    await new Promise<void>((resolve) => {
      channel.#whenIdle = resolve;
    });
  }

  /** Whether its socket is closed; its listener may still be at work. */
  static hasEnded(channel: ReadLoop): boolean {
    return channel.#ended !== undefined;
  }

  /** Closes the socket now, and does not wait for the listener either. */
  static cut(channel: ReadLoop): void {
    channel.#isAbandoned = true;
    if (channel.#ended) channel.#finish(channel.#ended);
    channel.destroy();
  }

  // As the receiver of all channels' frames

  static frame(channel: ReadLoop, opCode: OpCode, payload: Uint8Array): void {
    if (!channel.#paused) channel.#renewDeadline(turnNowMs());
    if (opCode === OpCode.Ping && channel.#isOnePingTooMany()) return;
    if (answerHeartbeat(channel.#conn, opCode, payload)) return;
    if (payload.length === 0 && !channel.#settings.deliverEmptyMessages) return;
    const listener = channel.#listener!;
    if (listener.answerPing && channel.#isPing(opCode, payload)) return;
    if (channel.#running < channel.#settings.receiveConcurrency && !channel.#inbox?.length) {
      channel.#deliver(opCode, payload);
      return;
    }
    channel.#inbox ??= new FrameInbox(channel.#settings, channel.#conn.received);
    channel.#inbox.add(opCode, payload);
    if (!channel.#paused && channel.#isTooFull()) channel.#pause();
  }

  static closing(channel: ReadLoop, { error }: CloseInfo): void {
    if (error?.code === "IM_ERR_INBOX_FULL") channel.#loseInbox("too much waited in the server");
  }

  static end(channel: ReadLoop, info: CloseInfo): void {
    channel.#ended = info;
    if (channel.#paused) signsOfLifeOf(channel.#settings, ReadLoop.showLife).remove(channel);
    if (channel.#isIdle() || channel.#isAbandoned) {
      channel.#finish(info);
      return;
    }
    // A listener that never settles must not keep the channel for ever.
    channel.#giveUp = new PatientTimer(() => channel.#finish(info)).start(channel.#settings.writeWaitMs);
  }

  // Messages

  #isTooFull(): boolean {
    const inbox = this.#inbox;
    return inbox !== undefined && (inbox.isFull || inbox.isCrowded);
  }

  #isIdle(): boolean {
    return this.#running === 0 && !this.#inbox?.length;
  }

  #deliver(opCode: OpCode, payload: Uint8Array): void {
    let settled: unknown;
    try {
      settled = this.#listener!.receive(ReadLoop.agentOf(this), payload, opCode);
      if (!isThenable(settled)) return;
    } catch (error) {
      this.#report(error);
      return;
    }
    this.#running++;
    // A promise stays what it is; any other thenable is made one that settles once.
    Promise.resolve(settled).then(
      () => this.#settle(),
      (error) => {
        this.#report(error);
        this.#settle();
      },
    );
  }

  #settle(): void {
    this.#running--;
    // What the listener does may end the channel, and with it the inbox.
    while (this.#inbox?.length && this.#running < this.#settings.receiveConcurrency) {
      const frame = this.#inbox.take()!;
      this.#deliver(frame.opCode, frame.payload);
    }
    if (this.#paused && !this.#whenIdle && !this.#isTooFull()) this.#resume();
    if (!this.#isIdle()) return;
    this.#inbox = undefined;
    this.#whenIdle?.();
    if (this.#ended) this.#finish(this.#ended);
  }

  #finish(info: CloseInfo): void {
    this.#giveUp?.stop();
    const owner = this.#owner;
    this.#owner = undefined;
    this.#loseInbox("the listener did not settle to take them");
    owner?.readEnded(this, info);
  }

  #loseInbox(why: string): void {
    const inbox = this.#inbox;
    this.#inbox = undefined;
    if (!inbox?.length) return;
    inbox.uncount();
    this.#report(new TransportError("IM_ERR_UNDELIVERED", `${inbox.length} messages were received, but ${why}`));
    this.#settings.hooks?.dropped?.(ReadLoop.agentOf(this), "undelivered", inbox.length, inbox.byteLength);
  }

  // Heartbeats

  /** Whether it was a ping of the application's protocol, which its listener has answered. */
  #isPing(opCode: OpCode, payload: Uint8Array): boolean {
    try {
      if (!this.#listener!.answerPing!(ReadLoop.agentOf(this), payload, opCode)) return false;
    } catch (error) {
      this.#report(error);
      return false;
    }
    this.#isOnePingTooMany();
    return true;
  }

  /** Counts a ping. One that is too many ends the connection. */
  #isOnePingTooMany(): boolean {
    const flushes = this.#conn.flushesSeen();
    if (flushes !== this.#pongsSince) {
      this.#pongsSince = flushes;
      this.#pongs = 0;
    }
    if (++this.#pongs > this.#settings.maxUnansweredPings) {
      void this.close(CloseCode.PolicyViolation, "too many pings before an answer could leave");
      return true;
    }
    return false;
  }

  /** For {@link SignsOfLife}: this side is behind and reads no pings, which the peer must not take for death. */
  static showLife(channel: ReadLoop): void {
    // A peer that has something to read needs no sign, and one that does not read gets no more of them.
    if (channel.queuedBytes > 0) return;
    try {
      const listener = channel.#listener!;
      if (listener.showLife) listener.showLife(ReadLoop.agentOf(channel));
      else if (channel.canPing) channel.writeFrame(OpCode.Pong, EMPTY_BYTES);
    } catch (error) {
      // The connection may be closing; its end says why.
      if (!isClosedError(error)) channel.#report(error);
    }
  }

  // Pauses and the deadline

  #pause(): void {
    this.#paused = true;
    this.setReadDeadline(Number.POSITIVE_INFINITY);
    this.pauseReading();
    if (!this.#ended) signsOfLifeOf(this.#settings, ReadLoop.showLife).add(this);
  }

  #resume(): void {
    this.#paused = false;
    signsOfLifeOf(this.#settings, ReadLoop.showLife).remove(this);
    this.#renewDeadline(turnNowMs());
    this.resumeReading();
  }

  #renewDeadline(nowMs: number): void {
    this.#conn.setReadDeadline(nowMs + this.#readWaitMs);
  }

  #report(error: unknown): void {
    this.#settings.onError(error, { during: "receive", channelId: this.id });
  }
}
