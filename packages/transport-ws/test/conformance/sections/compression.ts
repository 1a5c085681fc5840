import type { AgreedParameters, CompressedCase, CompressedSection } from "../compressed-case.js";
import { type Corpus, corpora } from "./compression-corpora.js";

const KiB = 1024;

interface Size {
  readonly messageBytes: number;
  readonly fragmentBytes?: number;
}

/** In one fragment, and in fragments of fixed length. */
const sizes: readonly Size[] = [
  ...[16, 64, 256, 1 * KiB, 4 * KiB, 8 * KiB, 16 * KiB, 32 * KiB, 64 * KiB, 128 * KiB].map((messageBytes) => ({
    messageBytes,
  })),
  ...[8 * KiB, 16 * KiB, 32 * KiB, 64 * KiB, 128 * KiB].map((messageBytes) => ({ messageBytes, fragmentBytes: 256 })),
  ...[1 * KiB, 4 * KiB, 32 * KiB].map((fragmentBytes) => ({ messageBytes: 128 * KiB, fragmentBytes })),
];

interface ParameterSet extends AgreedParameters {
  readonly name: string;
  readonly states: string;
}

const parameterSets: readonly ParameterSet[] = [
  { name: "none", states: "without parameters" },
  { name: "no-context", states: "without context takeover", noContextTakeover: true },
  { name: "window-9", states: "with a window of 512 bytes", maxWindowBits: 9 },
  { name: "window-15", states: "with a window of 32 KiB", maxWindowBits: 15 },
  {
    name: "no-context-window-9",
    states: "without context takeover and with a window of 512 bytes",
    noContextTakeover: true,
    maxWindowBits: 9,
  },
  {
    name: "no-context-window-15",
    states: "without context takeover and with a window of 32 KiB",
    noContextTakeover: true,
    maxWindowBits: 15,
  },
  {
    name: "offers",
    states: "by the first offer that can be accepted, or with parameters for both sides",
    noContextTakeover: true,
    maxWindowBits: 9,
    declined: ["permessage-deflate; server_max_window_bits=7", "permessage-deflate; unknown_parameter"],
  },
];

function caseOf(section: string, { name, states, ...parameters }: ParameterSet, corpus: Corpus, size: Size) {
  const { messageBytes, fragmentBytes } = size;
  const pieces = fragmentBytes ? ` in fragments of ${fragmentBytes}` : "";
  return {
    id: `${section}-${messageBytes}${fragmentBytes ? `-fragments-${fragmentBytes}` : ""}`,
    states: `messages of ${messageBytes} bytes of ${corpus.states}${pieces} come back, ${states}`,
    rule: `RFC 7692 §7.2${name === "none" ? "" : ", §7.1"}`,
    parameters,
    opCode: corpus.opCode,
    messageBytes,
    message: (index) => corpus.cut(messageBytes, index),
    ...(fragmentBytes && { fragmentBytes }),
  } satisfies CompressedCase;
}

const [noParameters] = parameterSets;
const [json] = corpora;

export const compressedContent: CompressedSection = {
  title: "Compressed messages, by content",
  rules: "RFC 7692 §6, §7.2",
  cases: corpora.flatMap((corpus) =>
    sizes.map((size) => caseOf(`compression/${corpus.name}`, noParameters!, corpus, size)),
  ),
};

export const compressionParameters: CompressedSection = {
  title: "Compressed messages, by parameters",
  rules: "RFC 7692 §5, §7.1",
  cases: parameterSets.flatMap((set) => sizes.map((size) => caseOf(`parameters/${set.name}`, set, json!, size))),
};
