import { nextTick, versions } from "node:process";
import type { SimulatedProcess } from "./simulated-process.js";
import type { SimulatedTimer } from "./timers.js";

type Callback = (...given: unknown[]) => unknown;

/** The globals of a process that depend on time or chance; all else is the same everywhere. */
export function globalsOf(process: SimulatedProcess, memoryBytes: number) {
  const { timers, random } = process;
  const bound = (task: Callback, given: unknown[]) => () => void task(...given);
  const stop = (timer?: SimulatedTimer) => timers.stop(timer);
  class SimulatedDate extends Date {
    constructor(...given: [] | [number | string]) {
      super(...((given.length === 0 ? [process.wallMs] : given) as [number]));
    }

    static override now(): number {
      return process.wallMs;
    }
  }
  return {
    setTimeout: (task: Callback, ms = 0, ...given: unknown[]) => timers.start(bound(task, given), ms, false),
    setInterval: (task: Callback, ms = 0, ...given: unknown[]) => timers.start(bound(task, given), ms, true),
    clearTimeout: stop,
    clearInterval: stop,
    setImmediate: (task: Callback, ...given: unknown[]) => process.immediate(bound(task, given)),
    clearImmediate: (handle: unknown) => process.clearImmediate(handle),
    performance: { now: () => process.monotonicMs },
    Date: SimulatedDate,
    Math: Object.assign(Object.create(Math) as typeof Math, { random: () => random.fraction() }),
    crypto: {
      getRandomValues(bytes: Uint8Array): Uint8Array {
        random.fill(bytes);
        return bytes;
      },
      randomUUID: () => `uuid-${random.uint32().toString(16)}-${random.uint32().toString(16)}`,
    },
    process: {
      versions,
      constrainedMemory: () => memoryBytes,
      nextTick: (task: Callback, ...given: unknown[]) => nextTick(task, ...given),
      // Optional native modules are not looked for.
      env: { WS_NO_BUFFER_UTIL: "1", WS_NO_UTF_8_VALIDATE: "1" },
    },
    console: {
      error: (...what: unknown[]) =>
        process.kernel.violate("the product writes no error to the console", what.map(String).join(" ")),
    },
  };
}
