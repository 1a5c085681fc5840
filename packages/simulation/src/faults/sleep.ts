import { anyClient } from "../actions/action.js";
import type { Fault } from "./fault.js";

/** The machine of a client sleeps: its wall clock goes on, its other clock stands still. */
export const sleep: Fault = {
  name: "sleep",
  weight: 1,
  begin(world, random) {
    const { process } = anyClient(world, random);
    const ms = random.pick([1_000, 4_000, 10_000]);
    world.kernel.write(process.name, `sleeps for ${ms} ms`);
    process.sleep(ms);
    return undefined;
  },
};
