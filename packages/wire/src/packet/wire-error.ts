import { CodedError, nameError } from "@im/transport-core/internal";

/** Every code that a {@link WireError} can carry. The set is closed; a new code is a new minor version. */
export const wireErrorCodes = [
  /** The first four bytes are neither magic: this is no packet, or the stream has lost its place. Close it. */
  "IM_ERR_MAGIC",
  /** The input ended inside a packet. */
  "IM_ERR_TRUNCATED",
  /** The header is no valid protobuf Header: damaged bytes, or a string that is not UTF-8. Close the connection. */
  "IM_ERR_HEADER_INVALID",
  /** The header is, or declares to be, longer than `maxHeaderBytes`, or holds more than 256 metas. */
  "IM_ERR_HEADER_TOO_LARGE",
  /** The body is, or declares to be, longer than `maxBodyBytes`; for a BasicPkt also longer than 65535 bytes. */
  "IM_ERR_BODY_TOO_LARGE",
  /** The body does not fit its message: bytes that do not parse, or values that cannot be written. */
  "IM_ERR_BODY_INVALID",
  /** A packet cannot be written: a member is missing, of the wrong type, out of range, or holds a lone surrogate. */
  "IM_ERR_PACKET_INVALID",
  /** A meta is not what the caller asked for: another type, or text that is no such number. */
  "IM_ERR_META_INVALID",
  /** An option or argument is not allowed; the message names it. */
  "IM_ERR_WIRE_ARGUMENT",
  /** `feed` was called from inside its own `onPacket`. */
  "IM_ERR_READER_BUSY",
] as const;

export type WireErrorCode = (typeof wireErrorCodes)[number];

/** Every error that this package raises. Decide on `code`; the message is for people and says what to do. */
export class WireError extends CodedError<WireErrorCode> {}
nameError(WireError, "WireError");
