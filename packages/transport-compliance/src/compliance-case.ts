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

/** Why the transport cannot be asked to keep this rule; undefined if it can. */
export function whyLeftOut({ needs }: ComplianceCase, { capabilities, openResources }: TransportSubject) {
  if (needs === "openResources") return openResources ? undefined : "the subject has no openResources()";
  return needs !== undefined && capabilities?.[needs] === false ? `capabilities.${needs} is false` : undefined;
}
