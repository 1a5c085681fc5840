import type {
  BusMessage,
  Entered,
  EnteredSession,
  EnterOptions,
  IdempotencyClaim,
  IdempotencyStore,
  Left,
  PushBus,
  Restored,
  SessionDirectory,
  SessionRecord,
} from "@im/gateway";
import type { Kernel } from "../kernel/kernel.js";
import { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Product } from "../product/evaluate.js";
import { type PortCall, RemotePort } from "./remote-port.js";
import type { WorldOptions } from "./world-options.js";

interface Subscription {
  readonly process: SimulatedProcess;
  readonly receive: (message: BusMessage) => void;
}

/** One step of a port, as it acted. */
export type PortAct =
  | {
      readonly what: "enter" | "leave";
      readonly session: SessionRecord;
      /** The sessions of the account. */
      readonly before: readonly SessionRecord[];
      readonly after: readonly SessionRecord[];
      readonly displaced: readonly SessionRecord[];
      readonly isReconnect: boolean;
    }
  | {
      readonly what: "restore";
      readonly session: SessionRecord;
      readonly before: readonly SessionRecord[];
      readonly after: readonly SessionRecord[];
    }
  /** A gateway calls, and nothing has acted yet. */
  | { readonly what: "asks to enter"; readonly session: SessionRecord }
  | { readonly what: "renew"; readonly gatewayId: string; readonly leaseMs: number }
  | { readonly what: "claim" | "record" | "release"; readonly claim: IdempotencyClaim; readonly isGranted: boolean };

type Settings = WorldOptions["ports"] & { readonly acted: (act: PortAct) => void };

/** What gateways share: a directory, a bus and an idempotency store, on a machine of their own that never fails. */
export class SharedPorts {
  readonly directory: InstanceType<Product["MemorySessionDirectory"]>;
  readonly idempotency: InstanceType<Product["MemoryIdempotencyStore"]>;
  readonly subscriptions = new Map<string, Subscription>();
  /** Whether calls may go wrong now. */
  isTroubled = true;
  /** Whether the directory has ever lost its data. */
  wasEmptied = false;
  /** Processes that cannot reach the directory. */
  readonly cutOff = new Set<SimulatedProcess>();
  /** Packets that the bus has lost. */
  readonly lost: Uint8Array[] = [];
  readonly #kernel: Kernel;
  readonly #host: SimulatedProcess;
  readonly #options: Settings;
  readonly #lastArrivalMs = new Map<string, number>();

  constructor(kernel: Kernel, load: (process: SimulatedProcess) => Product, options: Settings) {
    this.#kernel = kernel;
    this.#options = options;
    this.#host = new SimulatedProcess(kernel, "ports");
    const product = load(this.#host);
    const clock = () => kernel.nowMs;
    this.directory = new product.MemorySessionDirectory(clock);
    this.idempotency = new product.MemoryIdempotencyStore({ nowMs: clock });
  }

  emptyDirectory(): void {
    this.wasEmptied = true;
    this.directory.clear();
  }

  /** The ports as the gateway of this process sees them. */
  of(process: SimulatedProcess, { GatewayError }: Product) {
    const remote = new RemotePort(this.#kernel, this.#host, process, this.#options, () => this.isTroubled);
    // An error that comes over the network is one of the caller's own classes.
    const toCaller = (error: unknown) => {
      const { code, message } = error as Error & { code: never };
      return new GatewayError(code, message);
    };
    const call: PortCall = (what, act) => remote.call(what, act, toCaller);
    const callDirectory: PortCall = (what, act) =>
      this.cutOff.has(process)
        ? Promise.reject(new Error(`${what}: the directory cannot be reached`))
        : call(what, act);
    const callInOrder: PortCall = (what, act) => remote.call(what, act, toCaller, true);
    const { directory, idempotency } = this;
    const ownDirectory: SessionDirectory = {
      enter: (session, options) => {
        this.#options.acted({ what: "asks to enter", session });
        return callDirectory("enter", () => this.#enter(session, options));
      },
      restore: (sessions, options) =>
        callDirectory("restore", () => sessions.flatMap((one) => this.#restore(one, options))),
      leave: (session) => callDirectory("leave", () => this.#leave(session)),
      find: (accounts) => callDirectory("find", () => directory.find(accounts)),
      renew: (gatewayId, leaseMs) =>
        callDirectory("renew", () => {
          this.#options.acted({ what: "renew", gatewayId, leaseMs });
          return directory.renew(gatewayId, leaseMs);
        }),
      retire: (gatewayId) => callDirectory("retire", () => directory.retire(gatewayId)),
    };
    const store: IdempotencyStore = {
      claim: (claim) =>
        call("claim", () => {
          const given = idempotency.claim(claim);
          this.#options.acted({ what: "claim", claim, isGranted: given === undefined });
          return given;
        }),
      record: (claim, answer) =>
        call("record", () => {
          idempotency.record(claim, answer);
          this.#options.acted({ what: "record", claim, isGranted: false });
        }),
      release: (claim) =>
        call("release", () => {
          idempotency.release(claim);
          this.#options.acted({ what: "release", claim, isGranted: false });
        }),
    };
    const bus: PushBus = {
      subscribe: (gatewayId, receive) =>
        call("subscribe", () => {
          this.subscriptions.set(gatewayId, { process, receive });
          return () => call("unsubscribe", () => void this.subscriptions.delete(gatewayId));
        }),
      publish: (gatewayId, delivery) =>
        callInOrder("publish", () => {
          if (!this.#isOnBus(gatewayId)) throw new GatewayError("IM_ERR_UNKNOWN_GATEWAY", `no gateway ${gatewayId}`);
          this.#carry(process.name, gatewayId, delivery);
        }),
      broadcast: (senderId, broadcast) =>
        callInOrder("broadcast", () => {
          for (const gatewayId of this.subscriptions.keys()) {
            if (gatewayId !== senderId) this.#carry(process.name, gatewayId, broadcast);
          }
        }),
    };
    return { directory: ownDirectory, idempotency: store, bus };
  }

  #enter(session: SessionRecord, options?: EnterOptions): Entered {
    const before = this.directory.find([session.account]);
    const entered = this.directory.enter(session, options);
    const after = this.directory.find([session.account]);
    this.#options.acted({
      what: "enter",
      session,
      before,
      after,
      displaced: entered.displaced,
      isReconnect: options?.isReconnect === true,
    });
    return entered;
  }

  #restore(one: EnteredSession, options?: EnterOptions): readonly Restored[] {
    const { session } = one;
    const before = this.directory.find([session.account]);
    const restored = this.directory.restore([one], options);
    const after = this.directory.find([session.account]);
    this.#options.acted({ what: "restore", session, before, after });
    return restored;
  }

  #leave(session: SessionRecord): Left {
    const before = this.directory.find([session.account]);
    const left = this.directory.leave(session);
    const after = this.directory.find([session.account]);
    this.#options.acted({ what: "leave", session, before, after, displaced: [], isReconnect: false });
    return left;
  }

  /** A process that has ended is no longer on the bus. */
  #isOnBus(gatewayId: string): boolean {
    return this.subscriptions.get(gatewayId)?.process.isAlive === true;
  }

  /** In the order of the sender, each at most once. */
  #carry(from: string, to: string, message: BusMessage): void {
    const { latencyMs, trouble, inMemory } = this.#options;
    const copy = { ...message, packet: message.packet.slice() };
    if (inMemory) {
      this.subscriptions.get(to)?.receive(copy);
      return;
    }
    if (this.isTroubled && this.#host.random.chance(trouble.lose)) {
      this.#kernel.write("bus", `loses a message from ${from}`);
      this.lost.push(copy.packet);
      return;
    }
    const way = `${from}>${to}`;
    const earliestMs = this.#kernel.nowMs + latencyMs + this.#host.random.ms(0, latencyMs);
    const arrivalMs = Math.max(earliestMs, this.#lastArrivalMs.get(way) ?? 0);
    this.#lastArrivalMs.set(way, arrivalMs);
    this.#kernel.at(arrivalMs, () => {
      const subscription = this.subscriptions.get(to);
      subscription?.process.poll(() => this.subscriptions.get(to) === subscription && subscription.receive(copy));
    });
  }
}
