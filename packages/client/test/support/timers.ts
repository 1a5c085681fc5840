import { onTestFinished, vi } from "vitest";

/**
 * Watches the timers that are set from now on; answers how many of them keep the process alive at the moment.
 * The process's own count would also change when a timer of something else ends meanwhile.
 */
export function watchTimers(): () => number {
  const { setTimeout, setInterval, clearTimeout } = globalThis;
  const running = new Set<NodeJS.Timeout>();
  const started = (timer: NodeJS.Timeout) => {
    running.add(timer);
    return timer;
  };
  const fakes = {
    setTimeout(task: () => void, delayMs?: number) {
      const timer = setTimeout(() => {
        running.delete(timer);
        task();
      }, delayMs);
      return started(timer);
    },
    setInterval: (task: () => void, delayMs?: number) => started(setInterval(task, delayMs)),
    // In Node both clear either kind.
    clearTimeout: clear,
    clearInterval: clear,
  };
  function clear(timer: NodeJS.Timeout): void {
    running.delete(timer);
    clearTimeout(timer);
  }
  for (const [name, fake] of Object.entries(fakes)) vi.stubGlobal(name, fake);
  onTestFinished(() => void vi.unstubAllGlobals());
  return () => [...running].filter((timer) => timer.hasRef()).length;
}
