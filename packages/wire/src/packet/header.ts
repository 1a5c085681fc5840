/** What a packet is in an exchange. Open: a number that is not listed is kept. */
export const Flag = {
  /** Asks for a response; usually sent by a client. */
  Request: 0,
  /** Answers the request of the same command and sequence. */
  Response: 1,
  /** Sent without a request. */
  Push: 2,
} as const;
export type Flag = (typeof Flag)[keyof typeof Flag] | OtherNumber;

/** The outcome that a response carries. Open: a number that is not listed is kept. */
export const Status = {
  Success: 0,
  /** The request needs a `dest` and has none. */
  NoDestination: 100,
  /** The body does not parse, or lacks what the command needs. */
  InvalidPacketBody: 101,
  /** Not allowed now, for example before the sign-in. */
  InvalidCommand: 103,
  /** The token was refused. */
  Unauthorized: 105,
  /** A store or a service failed; worth a retry. */
  SystemException: 300,
  /** No handler for this command. */
  NotImplemented: 301,
  /** The sender is no longer signed in. */
  SessionNotFound: 404,
} as const;
export type Status = (typeof Status)[keyof typeof Status] | OtherNumber;

/** The type of a meta's text. Open: a number that is not listed is kept, and its text is a string. */
export const MetaType = {
  /** Decimal integer. */
  Int: 0,
  String: 1,
  /** Decimal fraction, exponent allowed. */
  Float: 2,
} as const;
export type MetaType = (typeof MetaType)[keyof typeof MetaType] | OtherNumber;

/** Any number, while editors still offer the listed ones. */
type OtherNumber = number & Record<never, never>;

/** One key-value pair beside the header. Keys may repeat: the first wins when one is asked for. */
export interface Meta {
  readonly key: string;
  readonly value: string;
  readonly type: MetaType;
  /** Protobuf fields that this version does not know, as received; written back after the known ones. */
  readonly unknownFields?: Uint8Array;
}

/** The header of a LogicPkt, as in the seed. On the wire: protobuf, in the field order below. */
export interface Header {
  /** `service.instruction`, see `commands`. */
  readonly command: string;
  /** The connection; stamped by the gateway. */
  readonly channelId: string;
  /** Pairs a response with its request: 0 … 4294967295. */
  readonly sequence: number;
  readonly flag: Flag;
  readonly status: Status;
  /** The receiver: an account or a group id. */
  readonly dest: string;
  readonly meta: readonly Meta[];
  /** Protobuf fields that this version does not know, as received; written back after the known ones, as kim does. */
  readonly unknownFields?: Uint8Array | undefined;
}
