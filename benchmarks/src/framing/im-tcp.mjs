import { FrameDecoder } from "@im/transport-tcp";

export const framing = "tcp";

export function decoder(onFrame) {
  const fail = (_code, reason) => {
    throw new Error(reason);
  };
  const decoder = new FrameDecoder({
    maxPayloadBytes: 1024 * 1024,
    frame: (_opCode, payload) => onFrame(payload),
    violation: fail,
  });
  return (chunk) => decoder.write(chunk);
}
