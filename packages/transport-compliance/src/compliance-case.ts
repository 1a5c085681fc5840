import type { Harness } from "./harness.js";
import type { Capabilities, TransportSubject } from "./subject.js";

/** One rule that every transport keeps. */
export interface ComplianceCase {
  /** What must hold, as the title of the test. */
  readonly rule: string;
  /** Left out for transports that lack this. */
  readonly needs?: keyof Capabilities | "openResources";
  /** Throws if the rule is broken. The harness closes what was opened. */
  run(harness: Harness): Promise<void>;
}

/** The cases of one theme, by id: `theme/what-is-checked`. */
export type ComplianceCases = Readonly<Record<string, ComplianceCase>>;

/** Whether the transport can be asked to keep this rule. */
export function isFor({ needs }: ComplianceCase, { capabilities, openResources }: TransportSubject): boolean {
  if (needs === "openResources") return openResources !== undefined;
  return needs === undefined || capabilities?.[needs] !== false;
}
