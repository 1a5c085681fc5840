/** The process of {@link Timers}, as they see it. */
export interface TimerClock {
  readonly isAlive: boolean;
  /** `performance.now()` */
  readonly monotonicMs: number;
  /** The time of the kernel at which `performance.now()` is this. */
  kernelMs(monotonicMs: number): number;
  /** Asks for a turn at this time of the kernel. */
  wake(atMs: number): void;
}
