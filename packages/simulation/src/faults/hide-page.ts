import { anyPage } from "./any-page.js";
import type { Fault } from "./fault.js";

/** The user looks at another page; a browser may freeze one that is hidden. */
export const hidePage: Fault = {
  name: "hide page",
  weight: 3,
  begin(world, random) {
    const client = anyPage(world, random);
    if (!client) return undefined;
    const { name, page } = client;
    const frozenMs = random.pick([0, 0, 2_000, 8_000]);
    world.kernel.write(name, `is hidden${frozenMs > 0 ? `, and frozen for ${frozenMs} ms` : ""}`);
    page.hide();
    if (frozenMs > 0) page.freeze(frozenMs);
    return () => page.show();
  },
};
