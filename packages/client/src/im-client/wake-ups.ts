/** What is used of a browser's window or worker, and of its document. */
interface EventSource {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}
interface Platform extends Partial<EventSource> {
  readonly document?: EventSource & { readonly visibilityState: string };
}

/**
 * Calls back when the network, the page or the machine may have come back. Node tells nothing of the kind.
 *
 * @returns what ends it
 */
export function onWakeUp(callback: () => void, platform = globalThis as unknown as Platform): () => void {
  const { document } = platform;
  const sources: [EventSource | undefined, string, () => void][] = [
    [platform as EventSource, "online", callback],
    [platform as EventSource, "pageshow", callback],
    [document, "visibilitychange", () => document?.visibilityState === "visible" && callback()],
  ];
  for (const [source, type, listener] of sources) source?.addEventListener?.(type, listener);
  return () => {
    for (const [source, type, listener] of sources) source?.removeEventListener?.(type, listener);
  };
}
