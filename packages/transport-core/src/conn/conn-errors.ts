import { CloseCode } from "../contract/close-code.js";
import { isOpCode, MAX_CONTROL_PAYLOAD_BYTES, OpCode } from "../contract/frame.js";
import { type CloseInfo, TransportError } from "../errors.js";
import { isBytes } from "../internal/is-bytes.js";
import { closeText } from "./close-text.js";

export function closedError(closeInfo: CloseInfo): TransportError {
  return new TransportError("IM_ERR_CLOSED", `the connection is closed ${closeText(closeInfo)}`, {
    closeInfo,
    ...(closeInfo.error ? { cause: closeInfo.error } : {}),
  });
}

export function isClosedError(error: unknown): boolean {
  return error instanceof TransportError && error.code === "IM_ERR_CLOSED";
}

/** @throws `IM_ERR_INVALID_FRAME` for a Close, for what is no opcode, and for more bytes than a control frame carries */
export function checkControlFrame(opCode: OpCode, length: number): void {
  if (!isOpCode(opCode)) throw new TransportError("IM_ERR_INVALID_FRAME", `${String(opCode)} is no opcode`);
  if (opCode === OpCode.Close) {
    throw new TransportError("IM_ERR_INVALID_FRAME", "a Close frame is sent by close(code, reason)");
  }
  if (length > MAX_CONTROL_PAYLOAD_BYTES) {
    throw new TransportError(
      "IM_ERR_INVALID_FRAME",
      `a control frame carries at most ${MAX_CONTROL_PAYLOAD_BYTES} bytes (RFC 6455 §5.5), not ${length}`,
    );
  }
}

/** @throws `IM_ERR_INVALID_FRAME` for what is neither Text nor Binary nor Continuation */
export function checkDataOpCode(opCode: OpCode): void {
  if (opCode === OpCode.Text || opCode === OpCode.Binary || opCode === OpCode.Continuation) return;
  const rule = "a message is Text or Binary, and on TCP Continuation";
  throw new TransportError("IM_ERR_INVALID_FRAME", `${String(opCode)} is no opcode of a message: ${rule}`);
}

export function violationError(code: number, reason: string): TransportError {
  const errorCode = code === CloseCode.PayloadTooLarge ? "IM_ERR_PAYLOAD_TOO_LARGE" : "IM_ERR_PROTOCOL";
  return new TransportError(errorCode, `the peer broke the protocol: ${reason}`);
}

/** @throws `IM_ERR_INVALID_FRAME` for anything but a Uint8Array, `IM_ERR_PAYLOAD_TOO_LARGE` */
export function checkPayload(payload: Uint8Array, limit: number): void {
  if (!isBytes(payload)) {
    throw new TransportError(
      "IM_ERR_INVALID_FRAME",
      "a payload is a Uint8Array; encode text with TextEncoder, and wrap other buffers: new Uint8Array(buffer)",
    );
  }
  if (payload.length <= limit) return;
  throw new TransportError(
    "IM_ERR_PAYLOAD_TOO_LARGE",
    `the payload has ${payload.length} bytes, the limit is ${limit}: split it, or raise maxPayloadBytes on both sides`,
  );
}

export function queueFull(limit: number, consequence: string): TransportError {
  const what = `more than ${limit} bytes wait for a peer that does not read: ${consequence}`;
  return new TransportError("IM_ERR_QUEUE_FULL", what);
}

export function queuesFull(limit: number, consequence: string): TransportError {
  const what = `more than ${limit} bytes wait in all queues of the server together: ${consequence}`;
  return new TransportError("IM_ERR_QUEUE_FULL", what);
}

export function readConflict(): TransportError {
  return new TransportError("IM_ERR_READ_CONFLICT", "another read of this connection is under way");
}

export function readTimeout(): TransportError {
  return new TransportError(
    "IM_ERR_READ_TIMEOUT",
    "no frame was received before the read deadline; the peer may be gone",
  );
}

export function writeTimeout(): TransportError {
  return new TransportError("IM_ERR_WRITE_TIMEOUT", "the peer took no bytes within the write wait; it may be gone");
}
