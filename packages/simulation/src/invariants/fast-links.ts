import type { World } from "../world/world.js";

/** Whether all links of a world are so good that what is sent arrives at once, unless something goes wrong. */
export function isFast({ network, options: { link } }: World): boolean {
  return !network.hasBadLinks && link.bufferBytes >= 16_384 && link.latencyMs <= 5 && link.jitterMs <= 1;
}
