import type { ServiceQuery, ServiceRegistry } from "../ports/service-registry.js";

/**
 * A function that gives the `dialUrl`s of the services that a registry finds, each time in another random order, so that clients
 * spread over them: for a program that tells clients where to connect. A service without a `dialUrl` is left out.
 */
export function registryAddresses(
  registry: Pick<ServiceRegistry, "find">,
  query: ServiceQuery,
): () => Promise<readonly string[]> {
  return async () => shuffled((await registry.find(query)).map(({ dialUrl }) => dialUrl).filter((url) => url !== ""));
}

/** By Fisher and Yates. */
function shuffled(given: readonly string[]): readonly string[] {
  const all = [...given];
  for (let last = all.length - 1; last > 0; last--) {
    const at = Math.floor(Math.random() * (last + 1));
    [all[last], all[at]] = [all[at]!, all[last]!];
  }
  return all;
}
