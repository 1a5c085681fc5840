import type { ChatStore } from "@im/chat";
import { SimulatedDisk } from "../kernel/simulated-level.js";
import { SimulatedProcess } from "../kernel/simulated-process.js";
import { sleep } from "./sleep.js";
import type { Surroundings } from "./surroundings.js";

const HOST = "10.9.0.2";
/** How long the disk may take for one step. */
const DISK_MS = 4;
/** How far the clock may be set back in a restart. */
const MAX_JUMP_MS = 60_000;

/** The machine of a chat store: a process, and a disk on which that of the kind `level` keeps what was synced. */
export class StoreMachine {
  readonly #world: Surroundings;
  readonly #isDurable: boolean;
  #starts = 0;
  #process!: SimulatedProcess;
  #disk: SimulatedDisk | undefined;
  #store!: Promise<ChatStore>;
  /** Rejects the calls that are on their way. */
  readonly #unanswered = new Set<(reason: Error) => void>();
  #isOpen = false;

  constructor(world: Surroundings, isDurable: boolean) {
    this.#world = world;
    this.#isDurable = isDurable;
    this.start();
  }

  /** Begins a process, unless one runs. */
  start(): void {
    if (this.#process?.isAlive) return;
    const process = new SimulatedProcess(this.#world.kernel, `store.${++this.#starts}`);
    this.#process = process;
    const options = { nowMs: () => process.wallMs };
    if (!this.#isDurable) {
      this.#store = Promise.resolve(new (this.#world.load(process, HOST).MemoryChatStore)(options));
      return;
    }
    if (this.#disk) process.jump(-process.random.int(0, MAX_JUMP_MS));
    const random = process.random.fork("disk");
    const work = () => sleep(process, random.ms(0, DISK_MS));
    this.#disk = this.#disk?.afterCrash(work) ?? new SimulatedDisk((below) => random.int(0, below - 1), work);
    const { openLevelChatStore } = this.#world.load(process, HOST, this.#disk);
    this.#isOpen = false;
    this.#store = new Promise((resolve) => {
      process.poll(() => resolve(openLevelChatStore({ folder: "chat", ...options, onError: () => {} })));
    });
    void this.#store.then(() => {
      this.#isOpen = true;
    });
  }

  /** The process ends at once: calls that are not answered reject. */
  crash(): void {
    if (!this.#isDurable) return;
    this.#world.kernel.write(this.#process.name, "crashes");
    this.#process.crash();
    for (const reject of this.#unanswered) reject(new Error("the store has ended"));
    this.#unanswered.clear();
  }

  /** Runs a task, which finds out whether a process runs. */
  poll(task: () => void): void {
    task();
  }

  /** Calls the store, on a disk that may fail while ports do. Rejects when no process runs, or it ends before. */
  call<T>(act: (store: ChatStore) => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#process.isAlive) return reject(new Error("the store does not run"));
      this.#unanswered.add(reject);
      const done = () => this.#unanswered.delete(reject);
      this.#process.poll(() => {
        if (this.#disk) this.#disk.isTroubled = this.#isOpen && this.#world.ports.isTroubled;
        this.#store.then(act).then(resolve, reject).finally(done);
      });
    });
  }

  /** Calls the store of a new world, before anything fails. */
  async prepare<T>(act: (store: ChatStore) => T | Promise<T>): Promise<T> {
    return act(await this.#store);
  }
}
