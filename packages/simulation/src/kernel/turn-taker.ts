/** What takes turns in the kernel's time: a process. */
export interface TurnTaker {
  /** Runs the next task of the turn. @returns false if the turn is over */
  runTask(): boolean;
}
