import type { Random } from "../kernel/random.js";
import type { World } from "../world/world.js";

/** A client that runs in a page, if there is one. */
export function anyPage({ clients }: World, random: Random) {
  const pages = clients.flatMap(({ name, platform: { page } }) => (page ? [{ name, page }] : []));
  return pages.length > 0 ? random.pick(pages) : undefined;
}
