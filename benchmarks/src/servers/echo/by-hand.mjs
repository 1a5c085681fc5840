// The floor of what JavaScript can do with frames: a loop that makes a view of each and copies it into one chunk to write.
import { createServer } from "node:net";
import { reportUsage } from "../report-usage.mjs";

const HEADER_BYTES = 5;
const BINARY = 2;

const server = createServer({ noDelay: true }, (socket) => {
  let rest = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const out = Buffer.allocUnsafe(bytes.length);
    let at = 0;
    let to = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const length = (bytes[at + 1] << 24) | (bytes[at + 2] << 16) | (bytes[at + 3] << 8) | bytes[at + 4];
      const end = at + HEADER_BYTES + length;
      if (end > bytes.length) break;
      const payload = new Uint8Array(bytes.buffer, bytes.byteOffset + at + HEADER_BYTES, length);
      out[to] = BINARY;
      out[to + 1] = length >>> 24;
      out[to + 2] = length >>> 16;
      out[to + 3] = length >>> 8;
      out[to + 4] = length;
      out.set(payload, to + HEADER_BYTES);
      to += HEADER_BYTES + length;
      at = end;
    }
    rest = bytes.subarray(at);
    if (to > 0) socket.write(out.subarray(0, to));
  });
});
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => reportUsage(server.address().port));
