/** Node has these beside the timers; browsers do not. */
interface Immediates {
  setImmediate?(task: () => void): unknown;
  clearImmediate?(immediate: unknown): void;
}

/**
 * Calls the task when Node has read its sockets. After the process stood still, Node calls overdue timers first, while the
 * bytes that peers sent meanwhile still wait in the system.
 *
 * @returns a function that cancels the call
 */
export function afterReading(task: () => void): () => void {
  const { setImmediate, clearImmediate } = globalThis as Immediates;
  if (setImmediate) {
    const immediate = setImmediate(task);
    return () => clearImmediate?.(immediate);
  }
  // A page gets received messages before timers that became due later.
  const timer = setTimeout(task, 0);
  return () => clearTimeout(timer);
}
