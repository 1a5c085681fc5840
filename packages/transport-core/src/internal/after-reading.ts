/** What Node has beside the timers; pages have it not. */
interface Immediates {
  setImmediate?(task: () => void): unknown;
  clearImmediate?(immediate: unknown): void;
}

/**
 * For what a timer found: calls the task when the sockets have been read. After the process stood still Node calls
 * overdue timers first, while what the peers sent meanwhile waits in the system.
 *
 * @returns what cancels it
 */
export function afterReading(task: () => void): () => void {
  const { setImmediate, clearImmediate } = globalThis as Immediates;
  if (setImmediate) {
    const immediate = setImmediate(task);
    return () => clearImmediate?.(immediate);
  }
  // A page has been given what came before this before it calls this.
  const timer = setTimeout(task, 0);
  return () => clearTimeout(timer);
}
