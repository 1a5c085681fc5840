import { Receiver } from "ws";

// Frames without a mask: unmasking is not framing.
export const framing = "ws";

export function decoder(onFrame) {
  const receiver = new Receiver({ isServer: false, maxPayload: 1024 * 1024 });
  receiver.on("message", onFrame);
  return (chunk) => receiver.write(chunk);
}
