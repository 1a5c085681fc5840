import { type CloseInfo, isOpCode, OpCode, TransportError } from "@im/transport-core";
import { encodeClosePayload } from "@im/transport-core/authoring";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FramedChannel } from "../src/channel/framed-channel.js";
import { openChannel } from "./support/conns.js";
import type { FakeDriver, FakeDriverOptions } from "./support/fake-driver.js";
import { useFakeTime } from "./support/fake-time.js";

const runs = Number(process.env.FUZZ_RUNS ?? 20_000);
const timeout = 20_000 + runs;

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const options = {
  highWaterMarkBytes: 100,
  maxQueuedBytes: 300,
  maxPayloadBytes: 200,
  maxInboxMessages: 3,
  writeWaitMs: 1_000,
  readWaitMs: 3_000,
};
const driverOptions: readonly FakeDriverOptions[] = [
  { endsAfterDestroy: "at once", encodes: true },
  { endsAfterDestroy: "soon", peerCloses: true },
  { endsAfterDestroy: "soon" },
];

beforeEach(() => {
  useFakeTime();
});
afterEach(() => {
  vi.useRealTimers();
});

/** One life of a connection: random calls and events. */
class Life {
  readonly events: string[] = [];
  readonly ends: CloseInfo[] = [];
  /** Numbers of the messages that were read one by one, all before the read loop, and that the listener got. */
  readonly read: (number | undefined)[] = [];
  readonly delivered: number[] = [];
  /** Numbers of the messages that the driver reported while the connection was open. */
  readonly reported: number[] = [];
  readonly foreign: unknown[] = [];
  readonly random: (below: number) => number;
  readonly #open: ReturnType<typeof openChannel>;
  #receives = false;
  #hasEnded = false;

  constructor(seed: number) {
    this.random = randomFrom(seed);
    this.#open = openChannel(options, driverOptions[this.random(driverOptions.length)]);
    // A socket ends once; a driver that is destroyed twice tells it once.
    const { driver } = this.#open;
    const { end } = driver;
    driver.end = (info) => {
      if (this.#hasEnded) return;
      this.#hasEnded = true;
      end.call(driver, info);
    };
  }

  async run(): Promise<void> {
    const steps = 5 + this.random(30);
    for (let step = 0; step < steps; step++) {
      const action = this.#actions[this.random(this.#actions.length)]!;
      this.#attempt(action);
      if (this.random(4) === 0) await null;
    }
    if (!this.#receives) this.#attempt(this.readLoop);
    this.#attempt(() => this.#open.channel.close());
    // However a life went, the deadlines end it.
    await vi.advanceTimersByTimeAsync(20_000);
    if (!this.#hasEnded) this.#open.driver.end();
    await this.#open.channel.closed;
    // A read that nobody gave up may have kept the read loop away; now it may begin.
    if (!this.#receives) this.#attempt(this.readLoop);
    await vi.advanceTimersByTimeAsync(20_000);
  }

  get driver(): FakeDriver {
    return this.#open.driver;
  }

  readonly readLoop = () => {
    this.#receives = true;
    const receive = (_: unknown, payload: Uint8Array) => {
      this.delivered.push(payload[0]! * 256 + payload[1]!);
      if (this.random(3) === 0) this.#attempt(() => this.#open.channel.push(new Uint8Array(10)));
      if (this.random(40) === 0) this.#attempt(() => this.#open.channel.destroy());
      return this.random(2) === 0 ? Promise.resolve() : undefined;
    };
    return this.#open.channel.readLoop({ receive }).then(
      (info) => void this.ends.push(info),
      (error) => {
        this.#receives = false;
        throw error;
      },
    );
  };

  readonly #frame = () => {
    if (this.#hasEnded) return;
    const number = this.reported.length;
    const isOpen = !this.driver.calls.some((call) => /^(close|destroy)/.test(call));
    if (isOpen) this.reported.push(number);
    this.driver.receive(Uint8Array.of(number >> 8, number), OpCode.Binary);
  };

  readonly #actions: readonly (() => unknown)[] = [
    this.#frame,
    this.#frame,
    this.#frame,
    this.#frame,
    () => this.#report(() => this.driver.receive(new Uint8Array(this.random(200)), OpCode.Ping)),
    () => this.#report(() => this.random(10) || this.driver.receive("x", this.#unknownOpCode())),
    () => this.#report(() => this.random(6) || this.driver.receive(this.#closePayload(), OpCode.Close)),
    () => this.#report(() => this.random(8) || this.driver.sink.violation(1009, "too long")),
    () => this.#report(() => this.random(8) || this.driver.end()),
    () => this.#report(() => this.driver.drain({ blocksAgain: this.random(2) === 0 })),
    () => {
      this.driver.isBlocked = this.random(2) === 0;
    },
    () => this.#open.channel.push(new Uint8Array(this.random(220))),
    () =>
      this.#open.channel.writeFrame([0, 1, 2, 8, 9, 10][this.random(6)] as OpCode, new Uint8Array(this.random(140))),
    () => FramedChannel.pushEncoded(this.#open.channel, new Uint8Array(20), new Uint8Array(19), OpCode.Binary),
    () => this.#open.channel.flush(),
    () => this.#open.channel.drained(this.#maybeAborted()),
    () => this.#readOne(),
    this.readLoop,
    () => this.random(4) || this.#open.channel.pauseReading(),
    () => this.#open.channel.resumeReading(),
    () => this.#open.channel.setReadDeadline(performance.now() + this.random(2_000)),
    () => this.#open.channel.setWriteDeadline(performance.now() + this.random(2_000)),
    () => FramedChannel.quiesce(this.#open.channel),
    () =>
      this.random(5) ||
      this.#open.channel.close([1000, 1001, 4000, 1005, 77][this.random(5)], "x".repeat(this.random(200))),
    () => this.random(12) || this.#open.channel.destroy(),
    () => void vi.advanceTimersByTime(this.random(400)),
  ];

  /** What a call gives stands at the place of the call, however soon its promise is settled. */
  async #readOne(): Promise<void> {
    const place = this.read.push(undefined) - 1;
    const { opCode, payload } = await this.#open.channel.readFrame(this.#maybeAborted());
    if (opCode === OpCode.Binary) this.read[place] = payload[0]! * 256 + payload[1]!;
  }

  #maybeAborted() {
    if (this.random(3) > 0) return {};
    const controller = new AbortController();
    queueMicrotask(() => controller.abort(new TransportError("IM_ERR_CLOSED", "given up by the test")));
    return { signal: controller.signal };
  }

  #unknownOpCode(): number {
    let opCode = 8;
    while (isOpCode(opCode)) opCode = this.random(256);
    return opCode;
  }

  #closePayload(): Uint8Array {
    const kind = this.random(3);
    if (kind === 0) return new Uint8Array(0);
    return kind === 1
      ? encodeClosePayload(4000, "bye")
      : Uint8Array.from({ length: this.random(130) }, () => this.random(256));
  }

  /** After its end a driver reports nothing. */
  #report(event: () => unknown): void {
    if (!this.#hasEnded) event();
  }

  #attempt(action: () => unknown): void {
    const blame = (error: unknown) => {
      if (!(error instanceof TransportError)) this.foreign.push(error);
    };
    try {
      const result = action();
      if (result instanceof Promise) result.catch(blame);
    } catch (error) {
      blame(error);
    }
  }
}

describe(`fuzz, ${runs} lives of a connection`, () => {
  it("nothing but TransportError is thrown; one end; messages in order, none lost or twice", { timeout }, async () => {
    let messages = 0;
    let cut = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const life = new Life(seed);
      await life.run();
      const about = `FUZZ seed ${seed}`;
      if (life.foreign.length > 0) throw new Error(`${about}: ${String(life.foreign[0])}`, { cause: life.foreign[0] });
      if (life.ends.length !== 1) expect(life.ends, `${about}: ends`).toHaveLength(1);
      const info = life.ends[0]!;
      if (info.reason.length > 123 || (info.error && !(info.error instanceof TransportError))) {
        throw new Error(`${about}: ${JSON.stringify(info)}`);
      }
      const { reported } = life;
      const delivered = [...life.read.filter((number) => number !== undefined), ...life.delivered];
      if (delivered.join() !== reported.join()) expect(delivered, `${about}: messages`).toEqual(reported);
      if (vi.getTimerCount() !== 0) throw new Error(`${about}: ${vi.getTimerCount()} timers are left`);
      messages += delivered.length;
      if (!info.clean) cut++;
    }
    // Both kinds of life must have been lived, or this test tests nothing.
    expect(messages).toBeGreaterThan(runs);
    expect(cut).toBeGreaterThan(runs / 20);
    expect(runs - cut).toBeGreaterThan(runs / 20);
  });
});
