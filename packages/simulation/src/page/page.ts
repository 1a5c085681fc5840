import type { SimulatedProcess } from "../kernel/simulated-process.js";

type Listener = () => void;

/** Timers of a page that is hidden are called once a second. */
const HIDDEN_ALIGN_MS = 1_000;

/** Something that emits events, such as a window or a document. */
class EventSource {
  readonly #listeners = new Map<string, Set<Listener>>();

  readonly addEventListener = (type: string, listener: Listener): void => {
    const own = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, own.add(listener));
  };

  readonly removeEventListener = (type: string, listener: Listener): void => {
    this.#listeners.get(type)?.delete(listener);
  };

  emit(type: string): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener();
  }

  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

class PageDocument extends EventSource {
  visibilityState: "visible" | "hidden" = "visible";
}

/** A page of a browser: it is shown or hidden, left and shown again, and learns that its machine is online again. */
export class Page {
  readonly window = new EventSource();
  readonly document = new PageDocument();
  readonly process: SimulatedProcess;

  constructor(process: SimulatedProcess) {
    this.process = process;
  }

  get isHidden(): boolean {
    return this.document.visibilityState === "hidden";
  }

  /** Listeners that were added and not removed. */
  get listeners(): number {
    return this.window.listeners + this.document.listeners;
  }

  hide(): void {
    this.#seen("hidden");
  }

  show(): void {
    this.#seen("visible");
  }

  /** Its code does not run for some time. */
  freeze(ms: number): void {
    this.process.poll(() => this.process.stall(ms));
    this.process.later(ms, () => this.document.emit("resume"));
  }

  /** The user goes to another page: this one is frozen, until the user comes back. */
  leave(awayMs: number): void {
    this.process.poll(() => {
      this.window.emit("pagehide");
      this.#change("hidden");
      this.process.stall(awayMs);
    });
    this.process.later(awayMs, () => {
      this.#change("visible");
      this.window.emit("pageshow");
    });
  }

  networkCameBack(): void {
    this.process.poll(() => this.window.emit("online"));
  }

  #seen(state: "visible" | "hidden"): void {
    this.process.poll(() => this.#change(state));
  }

  #change(state: "visible" | "hidden"): void {
    if (this.document.visibilityState === state) return;
    this.document.visibilityState = state;
    this.process.timers.alignMs = state === "hidden" ? HIDDEN_ALIGN_MS : 1;
    this.document.emit("visibilitychange");
  }
}
