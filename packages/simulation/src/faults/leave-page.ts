import { anyPage } from "./any-page.js";
import type { Fault } from "./fault.js";

/** The user goes to another page, and comes back to one that the browser has kept. */
export const leavePage: Fault = {
  name: "leave page",
  weight: 2,
  begin(world, random) {
    const client = anyPage(world, random);
    if (!client) return undefined;
    const awayMs = random.pick([100, 3_000, 12_000]);
    world.kernel.write(client.name, `is left for ${awayMs} ms`);
    client.page.leave(awayMs);
    return undefined;
  },
};
