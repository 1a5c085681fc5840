import type { MaybePromise } from "@im/gateway";
import type { Kernel } from "../kernel/kernel.js";
import type { Random } from "../kernel/random.js";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { WorldOptions } from "./world-options.js";

export type PortCall = <T>(what: string, act: () => T) => MaybePromise<T>;

type Fate = "ok" | "failBefore" | "failAfter" | "hangBefore" | "hangAfter" | "slow";

/** Calls from one process to another, which may be slow, fail before or after they acted, or never be answered. */
export class RemotePort {
  readonly #kernel: Kernel;
  readonly #server: Pick<SimulatedProcess, "poll">;
  readonly #caller: SimulatedProcess;
  readonly #options: WorldOptions["ports"];
  readonly #isTroubled: () => boolean;
  readonly #random: Random;
  #lastArrivalMs = 0;

  constructor(
    kernel: Kernel,
    server: Pick<SimulatedProcess, "poll">,
    caller: SimulatedProcess,
    options: WorldOptions["ports"],
    isTroubled: () => boolean,
    name = "ports",
  ) {
    this.#kernel = kernel;
    this.#server = server;
    this.#caller = caller;
    this.#options = options;
    this.#isTroubled = isTroubled;
    this.#random = caller.random.fork(name);
  }

  /** @param isOrdered whether it acts after the ordered calls before it */
  call<T>(
    what: string,
    act: () => MaybePromise<T>,
    toCaller: (error: unknown) => unknown,
    isOrdered = false,
  ): MaybePromise<T> {
    if (this.#options.inMemory) return act();
    const fate = this.#fate();
    if (fate !== "ok") this.#kernel.write(this.#caller.name, `${what} meets ${fate}`);
    const { latencyMs } = this.#options;
    const wayMs = () => latencyMs + this.#random.ms(0, latencyMs) + (fate === "slow" ? this.#random.ms(100, 6_000) : 0);
    let arrivalMs = this.#kernel.nowMs + wayMs();
    if (isOrdered) {
      arrivalMs = Math.max(arrivalMs, this.#lastArrivalMs);
      this.#lastArrivalMs = arrivalMs;
    }
    const backMs = wayMs();
    return new Promise<T>((resolve, reject) => {
      const back = (settle: () => void) => this.#kernel.after(backMs, () => this.#caller.poll(settle));
      const unreachable = () => reject(new Error(`${what} failed on its way`));
      if (fate === "hangBefore") return;
      if (fate === "failBefore") {
        back(unreachable);
        return;
      }
      const succeeded = (result: T) => {
        if (fate === "failAfter") back(unreachable);
        else if (fate !== "hangAfter") back(() => resolve(result));
      };
      const failed = (error: unknown) => {
        if (fate !== "hangAfter") back(() => reject(fate === "failAfter" ? unreachable() : toCaller(error)));
      };
      const arrive = () => {
        let given: MaybePromise<T>;
        try {
          given = act();
        } catch (error) {
          return failed(error);
        }
        if (given instanceof Promise) given.then(succeeded, failed);
        else succeeded(given as T);
      };
      this.#kernel.at(arrivalMs, () => this.#server.poll(arrive));
    });
  }

  #fate(): Fate {
    const { trouble } = this.#options;
    if (!this.#isTroubled()) return "ok";
    const bad = (["failBefore", "failAfter", "hangBefore", "hangAfter", "slow"] as const).map(
      (fate) => [trouble[fate], fate] as const,
    );
    const sum = bad.reduce((total, [chance]) => total + chance, 0);
    return this.#random.weighted<Fate>([[Math.max(0, 1 - sum), "ok"], ...bad]);
  }
}
