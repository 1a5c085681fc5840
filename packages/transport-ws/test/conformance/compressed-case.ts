import type { FrameData } from "./conformance-case.js";

/** What is agreed for the messages of the echo. */
export interface AgreedParameters {
  readonly noContextTakeover?: boolean;
  readonly maxWindowBits?: 9 | 15;
  /** Offers that no server can accept, in front of the others; a server answers with parameters for both sides instead. */
  readonly declined?: readonly string[];
}

/** A series of compressed messages, each of which comes back compressed before the next is sent (RFC 7692). */
export interface CompressedCase {
  /** Never changes: the section, and a name in it. */
  readonly id: string;
  readonly states: string;
  readonly rule: string;
  readonly parameters: AgreedParameters;
  /** Text or Binary. */
  readonly opCode: FrameData["opCode"];
  readonly messageBytes: number;
  readonly message: (index: number) => Uint8Array;
  /** Compressed bytes of each fragment. @default one fragment */
  readonly fragmentBytes?: number;
}

export interface CompressedSection {
  readonly title: string;
  readonly rules: string;
  readonly cases: readonly CompressedCase[];
}
