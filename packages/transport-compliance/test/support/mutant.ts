import type { CaseId } from "@im/transport-compliance";
import type { ConnDriver, FrameSink } from "@im/transport-core/authoring";
import { type Fault, override } from "./broken-transport.js";

/** A transport with one fault, and the case that must find it. */
export interface Mutant extends Fault {
  /** What it does wrong. */
  readonly fault: string;
  readonly caughtBy: CaseId;
  /** What the failure must speak of. */
  readonly says: RegExp;
}

/** Breaks what a driver reports. */
export function reports(breakSink: (sink: FrameSink) => Partial<FrameSink>): Fault {
  return {
    driver: (driver) => override(driver, { start: (sink) => driver.start(override(sink, breakSink(sink))) }),
  };
}

/** Breaks what a driver is asked to do. */
export function does(breakDriver: (driver: ConnDriver) => Partial<ConnDriver>): Fault {
  return { driver: (driver) => override(driver, breakDriver(driver)) };
}

type Written = Parameters<ConnDriver["writeFrame"]>;

/** Keeps what is written until the flush, and changes its order or number then. */
export function rearranges(rearrange: (written: readonly Written[]) => readonly Written[]): Fault {
  return does((driver) => {
    let written: Written[] = [];
    return {
      writeFrame: (...frame) => void written.push(frame),
      flush() {
        for (const frame of rearrange(written)) driver.writeFrame(...frame);
        written = [];
        return driver.flush();
      },
    };
  });
}
