// The decoder that everyone writes first: join what came to what is left, and cut frames off its front.

export const framing = "tcp";

export function decoder(onFrame) {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 5) {
      const end = 5 + pending.readUInt32BE(1);
      if (pending.length < end) return;
      onFrame(pending.subarray(5, end));
      pending = pending.subarray(end);
    }
  };
}
