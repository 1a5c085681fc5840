/**
 * What a frame is for. The numbers are those of RFC 6455 §5.2 and the same on every transport.
 *
 * `Continuation` is a data frame of its own on TCP, as in kim; over WebSocket, fragments are joined before they are
 * delivered, so it never appears there.
 */
export const OpCode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const;
export type OpCode = (typeof OpCode)[keyof typeof OpCode];

/** The longest payload of a Close, Ping or Pong frame, in bytes (RFC 6455 §5.5). */
export const MAX_CONTROL_PAYLOAD_BYTES = 125;

/** Whether `value` is one of the six opcodes; any other number breaks the protocol. */
export function isOpCode(value: number): value is OpCode {
  return (value >= 0x0 && value <= 0x2) || (value >= 0x8 && value <= 0xa);
}

/** Whether the frame speaks to the connection itself (Close, Ping, Pong) and not to the application (RFC 6455 §5.5). */
export function isControl(opCode: OpCode): boolean {
  return opCode >= 0x8;
}

/** One complete unit of the connection: a whole WebSocket message, or one TCP frame. */
export interface Frame {
  readonly opCode: OpCode;
  /** Its memory is never reused by us; it may be a view of a larger chunk, so copy what you keep for long. */
  readonly payload: Uint8Array;
}
