import type { Chat, ChatStore, GroupInfo } from "@im/chat";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import { ChatDevice, type ChatDeviceEvents } from "./chat-device.js";
import { ChatRecord } from "./chat-record.js";
import type { ClientRecord } from "./client-record.js";
import type { GatewayLife } from "./gateway-life.js";
import { RemotePort } from "./remote-port.js";
import { sleep } from "./sleep.js";
import { StoreMachine } from "./store-machine.js";
import type { Surroundings } from "./surroundings.js";
import type { WorldOptions } from "./world-options.js";

type AnyStore = Readonly<Record<string, (...given: readonly unknown[]) => unknown>>;

const YEAR_MS = 31_536_000_000;
/** How long the library of a store waits for an answer. */
const STORE_TIMEOUT_MS = 3_000;

/** A chat on every gateway, with one store on a machine of its own, and a chat application on every client. */
export class ChatWorld {
  readonly record = new ChatRecord();
  readonly devices = new Map<ClientRecord, ChatDevice>();
  /** Called with what the applications observe. */
  readonly observers: ChatDeviceEvents[] = [];
  readonly #world: Surroundings;
  readonly #machine: StoreMachine;
  /** Without strangers. */
  readonly #accounts: readonly string[];
  readonly #options: WorldOptions["ports"];
  /** Empty until the store has it. */
  #groupId = "";

  constructor(world: Surroundings, { store, kind }: NonNullable<WorldOptions["chat"]>) {
    this.#world = world;
    this.#options = store;
    this.#machine = new StoreMachine(world, kind === "level");
    const info = { name: "all", avatar: "", introduction: "", owner: "a1" };
    this.#accounts = Array.from({ length: world.options.accounts }, (_, index) => `a${index + 1}`);
    void this.#createGroup(info);
  }

  /** @returns what starts it again */
  crashStore(): () => void {
    this.#machine.crash();
    return () => this.#machine.start();
  }

  async #createGroup(info: GroupInfo): Promise<void> {
    this.#groupId = await this.#machine.prepare((store) => store.createGroup(info, this.#accounts));
  }

  /** Sets the handlers of the chat on a gateway that is not started. */
  serve({ process, product, gateway }: GatewayLife, onError: (error: unknown) => void): Chat {
    const store = this.#storeFor(process);
    // A clock that jumps makes no device a new one.
    const lifetimes = { newDeviceMs: 10 * YEAR_MS, positionLifetimeMs: 10 * YEAR_MS };
    return product.createChat({ gateway, store, ...lifetimes, presenceGraceMs: 1_000, pushRetryMs: 5_000, onError });
  }

  install(node: ClientRecord): void {
    const events: ChatDeviceEvents = {
      talkAnswered: (talk, id) => {
        this.#world.kernel.write(node.name, `${talk.text} is stored`);
        for (const observer of this.observers) observer.talkAnswered(talk, id);
        talk.id = id;
        if (id > this.record.newestId) this.record.newestId = id;
      },
      indexed: (...seen) => {
        for (const observer of this.observers) observer.indexed(...seen);
      },
      presenceChanged: (device, account, isOnline) => {
        this.#world.kernel.write(node.name, `learns that ${account} is ${isOnline ? "online" : "offline"}`);
        for (const observer of this.observers) observer.presenceChanged?.(device, account, isOnline);
      },
    };
    const { account, device } = node;
    const memory = this.record.memoryOf(`${account}/${device}`);
    this.devices.set(node, new ChatDevice(node, this.record, memory, this.#accounts, () => this.#groupId, events));
  }

  deviceOf(node: ClientRecord): ChatDevice {
    return this.devices.get(node)!;
  }

  /** The store as a gateway's process sees it. */
  #storeFor(process: SimulatedProcess): ChatStore {
    const { kernel, ports } = this.#world;
    const machine = this.#machine;
    const remote = new RemotePort(kernel, machine, process, this.#options, () => ports.isTroubled, "store");
    const call = (name: string, given: readonly unknown[]) =>
      remote.call(
        name,
        () => machine.call((store) => (store as unknown as AnyStore)[name]!(...given)),
        (error) => error,
      );
    return new Proxy({} as ChatStore, {
      get:
        (_, name) =>
        (...given: unknown[]) =>
          Promise.race([call(String(name), given), tooLate(process)]),
    });
  }
}

async function tooLate(process: SimulatedProcess): Promise<never> {
  await sleep(process, STORE_TIMEOUT_MS);
  throw new Error("the store does not answer");
}
