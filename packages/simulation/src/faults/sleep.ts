import { anyClient } from "../actions/action.js";
import type { Fault } from "./fault.js";

/** The machine of a client sleeps: its wall clock goes on, its other clock stands still. */
export const sleep: Fault = {
  name: "sleep",
  weight: 1,
  begin(world, random) {
    const { name, platform } = anyClient(world, random);
    const ms = random.pick([1_000, 4_000, 10_000]);
    world.kernel.write(name, `sleeps for ${ms} ms`);
    for (const process of platform.processes) process.sleep(ms);
    return undefined;
  },
};
