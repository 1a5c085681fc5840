import { closePayload } from "@im/test-support/raw-peer";

/** A frame of a TCP connection, put together here without the code under test. */
export function frame(opCode: number, payload: string | Uint8Array = ""): Buffer {
  const bytes = Buffer.from(payload as string);
  return Buffer.concat([header(opCode, bytes.length), bytes]);
}

/** The header of a frame that declares so many bytes of payload. */
export function header(opCode: number, payloadBytes: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(opCode);
  bytes.writeUInt32BE(payloadBytes, 1);
  return bytes;
}

export function closeFrame(code: number, reason?: string): Buffer {
  return frame(8, closePayload(code, reason));
}
