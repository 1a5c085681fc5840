import type { RegisteredService } from "../ports/service-registry.js";
import { soon } from "./expectations.js";

/** Takes the lists of a watch, and waits for one. */
export class WatchedServices {
  /** The ids of each list, in their order. */
  readonly lists: (readonly string[])[] = [];
  #changed: () => void = () => {};

  readonly changed = (services: readonly RegisteredService[]): void => {
    this.lists.push(idsOf(services));
    this.#changed();
  };

  get last(): readonly string[] | undefined {
    return this.lists.at(-1);
  }

  /** Resolves when the last list has these ids. */
  async are(...serviceIds: string[]): Promise<void> {
    const wanted = JSON.stringify(serviceIds.sort());
    while (JSON.stringify(this.last) !== wanted) {
      const change = new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      await soon(change, `a list of ${wanted}, the last is ${JSON.stringify(this.last)}`);
    }
  }
}

/** Of the services, in their order. */
export function idsOf(services: readonly RegisteredService[]): readonly string[] {
  return services.map(({ serviceId }) => serviceId).sort();
}
