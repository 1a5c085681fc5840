/**
 * The mutants that no test can catch, since they do what the code does: for each file, why, and the lines with
 * the change in brackets.
 * Whoever changes such a line names the new mutant, or finds a test for it.
 */
export const equivalentMutants = {
  "packages/transport-core/src/close-payload.ts": [
    {
      why: "An empty block returns undefined as well.",
      mutants: ["} catch [{ → {}]"],
    },
    {
      why: "A reason that is short is encoded like a long one, only slower.",
      mutants: [
        "if ([reason.length * 3 <= MAX_REASON_BYTES → false]) return reason;",
        "if ([reason.length * 3 <= MAX_REASON_BYTES → reason.length * 3 < MAX_REASON_BYTES]) return reason;",
      ],
    },
  ],
  "packages/transport-ws/src/framing/frame-decoder.ts": [
    {
      why: "Each header sets it before it is read.",
      mutants: ["#isFinal = [false → true];"],
    },
    {
      why: "A mask of zero changes no byte.",
      mutants: [
        "if ([this.#mask !== 0 → true]) applyMask(payload, read, this.payloadBytes - read, turnMask(this.#mask, read), buffer);",
        "if ([this.#mask !== 0 → true]) applyMask(kept, read, bytes - read, turnMask(this.#mask, read));",
      ],
    },
    {
      why: "The general way does the same, only slower.",
      mutants: [
        "if ([this.#isFinal && this.#opCode === OpCode.Binary → false]) this.sink.frame(OpCode.Binary, payload);",
        "if ([isLast && !this.#text → false]) {",
      ],
    },
    {
      why: "A text that has ended leaves a PartialText that is as new, or a decoder that is done.",
      mutants: ["if ([isLast → false]) this.#text = undefined;"],
    },
  ],
  "packages/transport-ws/src/framing/mask.ts": [
    {
      why: "Masks are random either way, only slower.",
      mutants: ["if ([used === pool.length → true]) {"],
    },
    {
      why: "Bytes, fours of them, words and eights of these are masked alike; which is chosen is for speed, see mask-speed.test.ts.",
      mutants: [
        "const words = [length < WORDWISE_FROM_BYTES → true] ? undefined : wordsOf(buffer, length);",
        "const words = [length < WORDWISE_FROM_BYTES → length <= WORDWISE_FROM_BYTES] ? undefined : wordsOf(buffer, length);",
        "if (words) [{ → {}]",
        "if ([words → false]) {",
        "} else [{ → {}]",
        "for (const foursEnd = end - (length & 3); [i < foursEnd → false]; i += 4) {",
        "for (const lastRound = end - 8; [word <= lastRound → false]; word += 8) {",
        "for (const lastRound = end - 8; [word <= lastRound → word < lastRound]; word += 8) {",
      ],
    },
    {
      why: "A view of the words is kept for speed alone.",
      mutants: [
        "function wordsOf(buffer: ArrayBufferLike, length: number): Int32Array | undefined [{ → {}]",
        "const isKnown = [buffer === lastBuffer → false];",
        "if ([!isKnown → true]) {",
        "if ([hasLowestFirst && (isKnown || length >= VIEWED_FROM_BYTES) → true]) {",
        "if ([hasLowestFirst && (isKnown || length >= VIEWED_FROM_BYTES) → false]) {",
        "if ([hasLowestFirst && (isKnown || length >= VIEWED_FROM_BYTES) → hasLowestFirst || isKnown || length >= VIEWED_FROM_BYTES]) {",
        "if (hasLowestFirst && ([isKnown || length >= VIEWED_FROM_BYTES → true])) {",
        "if (hasLowestFirst && ([isKnown || length >= VIEWED_FROM_BYTES → isKnown && length >= VIEWED_FROM_BYTES])) {",
        "if (hasLowestFirst && (isKnown || [length >= VIEWED_FROM_BYTES → false])) {",
        "if (hasLowestFirst && (isKnown || [length >= VIEWED_FROM_BYTES → length > VIEWED_FROM_BYTES])) {",
        "if (hasLowestFirst && (isKnown || [length >= VIEWED_FROM_BYTES → length < VIEWED_FROM_BYTES])) {",
        "if (hasLowestFirst && (isKnown || length >= VIEWED_FROM_BYTES)) [{ → {}]",
        "[lastWords ??= new Int32Array(buffer, 0, buffer.byteLength >>> 2) → lastWords &&= new Int32Array(buffer, 0, buffer.byteLength >>> 2)];",
      ],
    },
    {
      why: "The machines that run the tests are little-endian, and others mask byte by byte.",
      mutants: [
        "const hasLowestFirst = [new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 → true];",
        "const hasLowestFirst = [new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 → false];",
        "const hasLowestFirst = [new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 → new Uint8Array(Uint32Array.of(1).buffer)[0] !== 1];",
      ],
    },
  ],
  "packages/transport-ws/src/framing/partial-text.ts": [
    {
      why: "A byte at a time is checked as all at once are, only slower.",
      mutants: [
        "while ([this.#missing > 0 → true] && start < length) if (!this.#acceptsByte(piece[start++]!)) return false;",
        "while ([this.#missing > 0 → this.#missing >= 0] && start < length) if (!this.#acceptsByte(piece[start++]!)) return false;",
        "for (let i = length - 1; i >= [Math.max(start, length - MAX_CUT_BYTES) → Math.min(start, length - MAX_CUT_BYTES)]; i--) {",
      ],
    },
    {
      why: "Behind the end there is no byte to compare.",
      mutants: ["for (let i = [length - 1 → length + 1]; i >= Math.max(start, length - MAX_CUT_BYTES); i--) {"],
    },
  ],
  "packages/wire/src/header/read-command.ts": [
    {
      why: "Whatever place a command has in the table, and if it has none, it is compared byte by byte or read, only slower.",
      mutants: [
        "if ([bytes[at] !== HeaderTag.command || length > SHORT_ASCII → true]) return textAt(bytes, at);",
        "if (bytes[at] !== HeaderTag.command || [length > SHORT_ASCII → length >= SHORT_ASCII]) return textAt(bytes, at);",
        "const last = [at + 1 → at - 1] + length;",
        "return [known.length === length && isEncodedIn(slot, bytes, at + 2, length) → false] ? known : readNew(slot, bytes, at);",
        "const length = bytes[[at + 1 → at - 1]]!;",
        "if ([text.length === length → false]) {",
        "if (text.length === length) [{ → {}]",
        "function isEncodedIn(slot: number, bytes: Uint8Array, start: number, length: number): boolean [{ → {}]",
        "const from = [slot * SHORT_ASCII → slot / SHORT_ASCII];",
        "for (let i = 0; [i < length → i <= length]; i++) if (bytes[start + i] !== encoded[from + i]) return false;",
        "for (let i = 0; i < length; i++) if ([bytes[start + i] !== encoded[from + i] → true]) return false;",
        "for (let i = 0; i < length; [i++ → i--]) if (bytes[start + i] !== encoded[from + i]) return false;",
        "return [true → false];",
      ],
    },
  ],
  "packages/wire/src/header/read-header.ts": [
    {
      why: "More room than the unknown fields take changes none of them.",
      mutants: ["unknown ??= new UnknownFields([end - at → end + at]);"],
    },
  ],
  "packages/wire/src/header/read-meta.ts": [
    {
      why: "More room than the unknown fields take changes none of them.",
      mutants: ["unknown ??= new UnknownFields([end - at → end + at]);"],
    },
  ],
  "packages/wire/src/header/write-header.ts": [
    {
      why: "A string that was written ends behind position 0.",
      mutants: [
        'if ([end < 0 → end <= 0]) throw invalid(name, "text without lone surrogates (protobuf strings are UTF-8)", text);',
      ],
    },
  ],
  "packages/wire/src/protobuf/varint.ts": [
    {
      why: "A shift is a multiple of 7.",
      mutants: ["for (let shift = 0; byte > 0x7f && [shift < 32 → shift <= 32]; shift += 7) {"],
    },
  ],
  "packages/wire/src/protobuf/write-field.ts": [
    {
      why: "Each way writes every text alike; which is chosen is for speed.",
      mutants: [
        "if ([units < ENCODED_FROM_UNITS && writeUnits(text, out, at + 2) < 0x80 → false]) {",
        "if ([units < ENCODED_FROM_UNITS → units <= ENCODED_FROM_UNITS] && writeUnits(text, out, at + 2) < 0x80) {",
        "if (units < ENCODED_FROM_UNITS && writeUnits(text, out, at + 2) < 0x80) [{ → {}]",
        "function writeUnits(text: string, out: Uint8Array, start: number): number [{ → {}]",
        "if ([length === units → false]) return end;",
      ],
    },
    {
      why: "A text that is moved to where it is stays there.",
      mutants: [
        "if ([moved > start → true]) out.copyWithin(moved, start, end);",
        "if ([moved > start → moved >= start]) out.copyWithin(moved, start, end);",
      ],
    },
    {
      why: "Nothing uses the byte behind the text yet, and there is room for it.",
      mutants: ["for (let i = 0; [i < text.length → i <= text.length]; i++) {"],
    },
  ],
};
