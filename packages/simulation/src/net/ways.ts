import type { Kernel } from "../kernel/kernel.js";
import type { Random } from "../kernel/random.js";

/** How the connections between two hosts are. */
export interface LinkQuality {
  /** One way, in milliseconds. */
  readonly latencyMs: number;
  /** Added at random to each segment. */
  readonly jitterMs: number;
  /** How often a segment is cut once more. */
  readonly sliceChance: number;
  /** Bytes that the system of both sides together keeps in one direction. */
  readonly bufferBytes: number;
}

/** The ways between hosts, as one end of a connection sees them. */
export interface Ways {
  readonly kernel: Kernel;
  readonly random: Random;
  /** Of connections that begin now. */
  readonly quality: LinkQuality;
  /** Machines without power. */
  readonly off: ReadonlySet<string>;
  isBlocked(from: string, to: string): boolean;
  /** Now, or once the way is open. */
  whenOpen(from: string, to: string, run: () => void): void;
}
