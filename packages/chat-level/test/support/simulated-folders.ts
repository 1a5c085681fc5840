import { type SimulatedDisk, SimulatedLevel } from "../../../simulation/src/kernel/simulated-level.js";

/** The disks of folders, for the databases that a store opens in them. */
export const disks = new Map<string, SimulatedDisk>();

/** What the store opens in place of `ClassicLevel`. */
export class FolderLevel extends SimulatedLevel {
  constructor(folder: string) {
    super(disks.get(folder)!);
  }
}
