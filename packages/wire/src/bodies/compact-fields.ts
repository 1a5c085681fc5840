/**
 * What a field is: a scalar, a list of scalars (numbers are packed), or, in brackets, a list of messages. The first field
 * of a message has number 1, and so on, up to 15.
 */
export type CompactKind = "string" | "strings" | "int32" | "int64" | "int64s" | readonly [CompactFields];

/** The fields of a message by name, in the order of their numbers. */
export interface CompactFields {
  readonly [name: string]: CompactKind;
}

interface Scalars {
  string: string;
  int32: number;
  int64: bigint;
}
interface Lists {
  strings: string;
  int64s: bigint;
}

type Value<Kind> = Kind extends keyof Scalars
  ? Scalars[Kind]
  : Kind extends keyof Lists
    ? Lists[Kind][]
    : Kind extends readonly [infer Fields]
      ? CompactMessage<Fields>[]
      : never;
type ValueInit<Kind> = Kind extends keyof Scalars
  ? Scalars[Kind]
  : Kind extends keyof Lists
    ? readonly Lists[Kind][]
    : Kind extends readonly [infer Fields]
      ? readonly CompactInit<Fields>[]
      : never;

/** What is read: every field is there. */
export type CompactMessage<Fields> = { -readonly [Name in keyof Fields]: Value<Fields[Name]> };
/** What is written: absent fields have their defaults. */
export type CompactInit<Fields> = { readonly [Name in keyof Fields]?: ValueInit<Fields[Name]> | undefined };
