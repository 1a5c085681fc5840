import { turnNowMs } from "../conn/end-of-turn.js";
import { FrameInbox, type InboxLimits } from "../conn/frame-inbox.js";
import type { Agent } from "../contract/agent.js";
import { CloseCode } from "../contract/close-code.js";
import type { Conn, FrameReceiver } from "../contract/conn.js";
import { OpCode } from "../contract/frame.js";
import type { MessageListener } from "../contract/message-listener.js";
import type { TransportHooks } from "../contract/transport-hooks.js";
import type { ErrorReporter } from "../error-reporter.js";
import { type CloseInfo, TransportError } from "../errors.js";
import { PatientTimer } from "../internal/patient-timer.js";
import { isThenable } from "../internal/thenable.js";
import type { Received } from "../limits/received-total.js";
import { type Silent, signsOfLifeOf } from "./signs-of-life.js";

const NOTHING = /* @__PURE__ */ new Uint8Array(0);

export interface ReadLoopSettings extends InboxLimits {
  readonly receiveConcurrency: number;
  readonly writeWaitMs: number;
  readonly maxUnansweredPings: number;
  readonly deliverEmptyMessages: boolean;
  readonly onError: ErrorReporter;
  readonly hooks?: Pick<TransportHooks, "dropped">;
}

/** Who is told when the reading of a channel is over; one for many channels. */
export interface ReadLoopOwner<C> {
  /** Called once, when the connection has ended and all that came before was given to the listener. */
  readEnded(channel: C, info: CloseInfo): void;
}

/** What is used of a channel. */
export interface ReadChannel extends Conn, Agent {
  /** What the listener gets. */
  readonly agent: Agent;
  /** How often the system has taken all that was flushed. */
  readonly flushesTaken: number;
  /** Where what waits is counted, if it is. */
  readonly received: Received | undefined;
}

/** Reading of a channel: answers heartbeats, renews the read deadline, gives messages to the listener in order. */
export class ReadLoop<C extends ReadChannel> implements FrameReceiver, Silent {
  readWaitMs: number;
  readonly #channel: C;
  readonly #listener: MessageListener;
  readonly #settings: ReadLoopSettings;
  /** Until it has been told. */
  #owner: ReadLoopOwner<C> | undefined;
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

  constructor(
    channel: C,
    listener: MessageListener,
    readWaitMs: number,
    settings: ReadLoopSettings,
    owner: ReadLoopOwner<C>,
  ) {
    this.#channel = channel;
    this.#listener = listener;
    this.readWaitMs = readWaitMs;
    this.#settings = settings;
    this.#owner = owner;
    channel.setReadDeadline(performance.now() + readWaitMs);
  }

  /** Whether the socket is closed; the listener may still be at work. */
  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  frame(opCode: OpCode, payload: Uint8Array): void {
    if (!this.#paused) this.#renewDeadline();
    if (opCode === OpCode.Ping) this.#answerPing(payload);
    if (opCode === OpCode.Ping || opCode === OpCode.Pong) return;
    if (payload.length === 0 && !this.#settings.deliverEmptyMessages) return;
    if (this.#listener.answerPing && this.#isPing(opCode, payload)) return;
    if (this.#running < this.#settings.receiveConcurrency && !this.#inbox?.length) {
      this.#deliver(opCode, payload);
      return;
    }
    this.#inbox ??= new FrameInbox(this.#settings, this.#channel.received);
    this.#inbox.add(opCode, payload);
    if (!this.#paused && this.#isTooFull) this.#pause();
  }

  closing({ error }: CloseInfo): void {
    if (error?.code === "IM_ERR_INBOX_FULL") this.#loseInbox("too much waited in the server");
  }

  end(info: CloseInfo): void {
    this.#ended = info;
    if (this.#paused) signsOfLifeOf(this.#settings).remove(this);
    if (this.#isIdle || this.#isAbandoned) {
      this.#finish(info);
      return;
    }
    // A listener that never settles must not keep the channel for ever.
    this.#giveUp = new PatientTimer(() => this.#finish(info)).start(this.#settings.writeWaitMs);
  }

  /** Does not wait for the listener any more, once the connection has ended. */
  abandon(): void {
    this.#isAbandoned = true;
    if (this.#ended) this.#finish(this.#ended);
  }

  /** Takes nothing more from the peer; resolves when the listener is done with what had come. */
  async quiesce(): Promise<void> {
    this.#pause();
    if (this.#isIdle || this.#whenIdle) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  get #isTooFull(): boolean {
    const inbox = this.#inbox;
    return inbox !== undefined && (inbox.isFull || inbox.isCrowded);
  }

  get #isIdle(): boolean {
    return this.#running === 0 && !this.#inbox?.length;
  }

  #deliver(opCode: OpCode, payload: Uint8Array): void {
    let settled: unknown;
    try {
      settled = this.#listener.receive(this.#channel.agent, payload, opCode);
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
    const inbox = this.#inbox;
    while (inbox?.length && this.#running < this.#settings.receiveConcurrency) {
      const frame = inbox.take()!;
      this.#deliver(frame.opCode, frame.payload);
    }
    if (this.#paused && !this.#whenIdle && !this.#isTooFull) this.#resume();
    if (!this.#isIdle) return;
    this.#inbox = undefined;
    this.#whenIdle?.();
    if (this.#ended) this.#finish(this.#ended);
  }

  #finish(info: CloseInfo): void {
    this.#giveUp?.stop();
    const owner = this.#owner;
    this.#owner = undefined;
    this.#loseInbox("the listener did not settle to take them");
    owner?.readEnded(this.#channel, info);
  }

  #loseInbox(why: string): void {
    const inbox = this.#inbox;
    this.#inbox = undefined;
    if (!inbox?.length) return;
    inbox.uncount();
    this.#report(new TransportError("IM_ERR_UNDELIVERED", `${inbox.length} messages came, but ${why}`));
    this.#settings.hooks?.dropped?.(this.#channel.agent, "undelivered", inbox.length, inbox.byteLength);
  }

  #answerPing(payload: Uint8Array): void {
    if (this.#isOnePingTooMany()) return;
    try {
      this.#channel.writeFrame(OpCode.Pong, payload);
    } catch {
      // The connection is closing; its end says why.
    }
  }

  /** Whether it was a ping of the application's protocol, which its listener has answered. */
  #isPing(opCode: OpCode, payload: Uint8Array): boolean {
    try {
      if (!this.#listener.answerPing!(this.#channel.agent, payload, opCode)) return false;
    } catch (error) {
      this.#report(error);
      return false;
    }
    this.#isOnePingTooMany();
    return true;
  }

  /** Counts a ping. One that is too many ends the connection. */
  #isOnePingTooMany(): boolean {
    const channel = this.#channel;
    if (channel.flushesTaken !== this.#pongsSince) {
      this.#pongsSince = channel.flushesTaken;
      this.#pongs = 0;
    }
    if (++this.#pongs > this.#settings.maxUnansweredPings) {
      void channel.close(CloseCode.PolicyViolation, "too many pings before an answer could leave");
      return true;
    }
    return false;
  }

  /** This side is behind, so that pings are not read: the peer must not take that for death. */
  showLife(): void {
    const channel = this.#channel;
    // Whoever has something to read needs no sign, and who does not read gets no more of them.
    if (channel.queuedBytes > 0) return;
    try {
      if (this.#listener.showLife) this.#listener.showLife(channel.agent);
      else if (channel.canPing) channel.writeFrame(OpCode.Pong, NOTHING);
    } catch (error) {
      // It may be closing; its end says why.
      if (!isClosed(error)) this.#report(error);
    }
  }

  #pause(): void {
    this.#paused = true;
    this.#channel.setReadDeadline(Number.POSITIVE_INFINITY);
    this.#channel.pauseReading();
    if (!this.#ended) signsOfLifeOf(this.#settings).add(this);
  }

  #resume(): void {
    this.#paused = false;
    signsOfLifeOf(this.#settings).remove(this);
    this.#renewDeadline();
    this.#channel.resumeReading();
  }

  #renewDeadline(): void {
    this.#channel.setReadDeadline(turnNowMs() + this.readWaitMs);
  }

  #report(error: unknown): void {
    this.#settings.onError(error, { during: "receive", channelId: this.#channel.id });
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof TransportError && error.code === "IM_ERR_CLOSED";
}
