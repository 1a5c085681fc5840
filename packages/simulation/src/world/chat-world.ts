import type { Chat, ChatStore, MemoryChatStore } from "@im/chat";
import { isThenable } from "@im/transport-core/internal";
import { SimulatedProcess } from "../kernel/simulated-process.js";
import { ChatDevice, type ChatDeviceEvents } from "./chat-device.js";
import { ChatRecord } from "./chat-record.js";
import type { ClientRecord } from "./client-record.js";
import type { GatewayLife } from "./gateway-life.js";
import { RemotePort } from "./remote-port.js";
import { sleep } from "./sleep.js";
import type { Surroundings } from "./surroundings.js";
import type { WorldOptions } from "./world-options.js";

const YEAR_MS = 31_536_000_000;
/** How long the library of a store waits for an answer. */
const STORE_TIMEOUT_MS = 3_000;

/** A chat on every gateway, with one store on a machine of its own that never fails, and a chat application on every client. */
export class ChatWorld {
  readonly record = new ChatRecord();
  readonly devices = new Map<ClientRecord, ChatDevice>();
  /** Called with what the applications observe. */
  readonly observers: ChatDeviceEvents[] = [];
  readonly #world: Surroundings;
  readonly #host: SimulatedProcess;
  readonly #options: WorldOptions["ports"];
  readonly #store: MemoryChatStore;
  readonly #groupId: string;

  constructor(world: Surroundings, options: WorldOptions["ports"]) {
    this.#world = world;
    this.#options = options;
    this.#host = new SimulatedProcess(world.kernel, "store");
    const host = this.#host;
    this.#store = new (world.load(host, "10.9.0.2").MemoryChatStore)({ nowMs: () => host.wallMs });
    const accounts = Array.from({ length: world.options.accounts }, (_, index) => `a${index + 1}`);
    const info = { name: "all", avatar: "", introduction: "", owner: "a1" };
    this.#groupId = this.#store.createGroup(info, accounts);
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
    };
    const { account, device } = node;
    const memory = this.record.memoryOf(`${account}/${device}`);
    this.devices.set(node, new ChatDevice(node, this.record, memory, this.#groupId, events));
  }

  deviceOf(node: ClientRecord): ChatDevice {
    return this.devices.get(node)!;
  }

  /** The store as a gateway's process sees it. */
  #storeFor(process: SimulatedProcess): ChatStore {
    const remote = new RemotePort(
      this.#world.kernel,
      this.#host,
      process,
      this.#options,
      () => this.#world.ports.isTroubled,
      "store",
    );
    const toCaller = (error: unknown) => error;
    return new Proxy(this.#store, {
      get(store, name) {
        const member = store[name as keyof ChatStore] as (...given: unknown[]) => unknown;
        if (typeof member !== "function" || name === "newestId") return member;
        return (...given: unknown[]) => {
          const answer = remote.call(String(name), () => member.apply(store, given), toCaller);
          return isThenable(answer) ? Promise.race([answer, tooLate(process)]) : answer;
        };
      },
    });
  }
}

async function tooLate(process: SimulatedProcess): Promise<never> {
  await sleep(process, STORE_TIMEOUT_MS);
  throw new Error("the store does not answer");
}
