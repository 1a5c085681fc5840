/** The low three bits of a tag. */
export const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, StartGroup: 3, EndGroup: 4, Fixed32: 5 } as const;

/** What unknown fields may look like; for all else every reader of protobuf draws the same line. */
export interface Tolerance {
  /** Of a tag, which need not be minimal. */
  readonly maxTagBytes: number;
  /** What tags inside groups are below. */
  readonly tagEndInGroup: number;
  readonly maxGroupDepth: number;
}

/** That of protobuf-go, and so of kim. Inside groups it only asks that field numbers fit an int32. */
export const GO: Tolerance = { maxTagBytes: 10, tagEndInGroup: 2 ** 34, maxGroupDepth: 10_000 };
/** That of protobuf-es, which reads the bodies. */
export const ES: Tolerance = { maxTagBytes: 5, tagEndInGroup: 2 ** 32, maxGroupDepth: 99 };
