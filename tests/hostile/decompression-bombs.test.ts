import { constants, deflateRawSync } from "node:zlib";
import { OpCode } from "@im/transport-core";
import { wsDialer } from "@im/transport-ws";
import { expect, it } from "vitest";
import { loginDialer } from "./support/honest-client.js";
import { percentile, report, size, within } from "./support/measuring.js";
import { RawPeer } from "./support/raw-peer.js";
import { ServerProcess } from "./support/server-process.js";

const MiB = 1024 * 1024;
const LIMIT_BYTES = MiB;
/** Of these the memory is not measured: what each leaves until the garbage is collected adds up. */
const MORE_BOMBS = size(3, 30);

/** A compressed message of 1 MB that becomes 1 GiB of zeros, in one frame. */
function bomb(): Buffer {
  // A full flush forgets what was before it, so that the piece may be repeated.
  const piece = deflateRawSync(Buffer.alloc(16 * MiB), { finishFlush: constants.Z_FULL_FLUSH });
  const payload = Buffer.concat(Array.from({ length: 64 }, () => piece));
  const header = Buffer.from("c2ff0000000000000000" + "00000000", "hex");
  header.writeUInt32BE(payload.length, 6);
  return Buffer.concat([header, payload]);
}

it("a compressed message of 1 MB that becomes 1 GB is closed with 1009, for no more memory than the limit", async () => {
  const options = { perMessageDeflate: true, maxPayloadBytes: LIMIT_BYTES };
  const server = await ServerProcess.start("ws", { options });
  const bytes = bomb();
  const explode = async () => {
    const peer = await RawPeer.connect("ws", server.port);
    await peer.upgrade("Sec-WebSocket-Extensions: permessage-deflate");
    await peer.logIn("attacker");
    peer.send(bytes);
    const { closeCode } = await within(10_000, peer.ended, "the attacker to be closed");
    peer.socket.destroy();
    return closeCode;
  };
  expect(await explode()).toBe(1009);

  const honest = await loginDialer(wsDialer(), "honest").dialAndHandshake({ address: server.dialUrl });
  const echo = async () => {
    const sentMs = performance.now();
    honest.writeFrame(OpCode.Binary, Buffer.from("hello"));
    honest.flush();
    await honest.readFrame();
    return performance.now() - sentMs;
  };
  const quietMs: number[] = [];
  for (let i = 0; i < 3_000; i++) quietMs.push(await echo());

  const before = await server.measure();
  await server.call("watchPeak");
  expect(await explode()).toBe(1009);
  const { peakRss } = await server.measure();
  const grownBytes = peakRss - before.rss;
  expect(grownBytes).toBeLessThan(LIMIT_BYTES + 10 * MiB);

  let isOver = false;
  const bombs = (async () => {
    for (let i = 0; i < MORE_BOMBS; i++) expect(await explode()).toBe(1009);
    isOver = true;
  })();
  const latenciesMs: number[] = [];
  while (!isOver) latenciesMs.push(await echo());
  await bombs;
  report(
    `a bomb: peak RSS + ${(grownBytes / MiB).toFixed(1)} MiB; p99 of ${latenciesMs.length} echoes among bombs ` +
      `${percentile(latenciesMs, 99).toFixed(2)} ms, ${percentile(quietMs, 99).toFixed(2)} ms without`,
  );
  await honest.close();
});
