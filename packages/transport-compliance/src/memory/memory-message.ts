import type { OpCode } from "@im/transport-core";

/** A frame as it travels: the opcode in one byte, then the payload, in memory of its own. */
export function encodeMessage(opCode: OpCode, payload: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + payload.length);
  message[0] = opCode;
  message.set(payload, 1);
  return message;
}

export function messageOpCode(message: Uint8Array): number {
  return message[0]!;
}

export function messagePayload(message: Uint8Array): Uint8Array {
  return message.subarray(1);
}
