/** The part of a browser's window, worker or document that is used here. */
interface EventSource {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}
interface Platform extends Partial<EventSource> {
  readonly document?: EventSource & { readonly visibilityState: string };
}

const TICK_MS = 1_000;
/** The machine has slept if the wall clock gains more than this on `performance.now()` in one tick. */
const SLEPT_MS = 2_000;

interface PageEvents {
  /** The network, the page or the machine may have come back. */
  wokeUp(): void;
  /** The page is left: work that is not done before this returns may never be done. */
  left(): void;
}

/**
 * Watches the page and the machine. Node has no such events; a clock shows that the machine has slept: the wall clock goes
 * on while `performance.now()` stands still.
 *
 * @returns a function that ends the watch
 */
export function watchPage({ wokeUp, left }: PageEvents, platform = globalThis as unknown as Platform): () => void {
  const { document } = platform;
  const sources: [EventSource | undefined, string, () => void][] = [
    [platform as EventSource, "online", wokeUp],
    [platform as EventSource, "pageshow", wokeUp],
    [platform as EventSource, "pagehide", left],
    [document, "resume", wokeUp],
    [document, "visibilitychange", () => document?.visibilityState === "visible" && wokeUp()],
  ];
  for (const [source, type, listener] of sources) source?.addEventListener?.(type, listener);
  let aheadMs = Date.now() - performance.now();
  const timer = setInterval(() => {
    const wasAheadMs = aheadMs;
    aheadMs = Date.now() - performance.now();
    if (aheadMs - wasAheadMs > SLEPT_MS) wokeUp();
  }, TICK_MS);
  // In Node a connection, or the wait for the next, keeps the process alive.
  (timer as { unref?(): void }).unref?.();
  return () => {
    clearInterval(timer);
    for (const [source, type, listener] of sources) source?.removeEventListener?.(type, listener);
  };
}
