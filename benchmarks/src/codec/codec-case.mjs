// One codec doing one operation, a program of its own.
import assert from "node:assert/strict";
import { timedPasses } from "../timed-passes.mjs";
import { samplePackets } from "./sample-packets.mjs";

/** The channelId that `stamp` puts in; the other operations take one argument. */
const STAMP = "gate02_channel77";

process.on("disconnect", () => process.exit());
process.once("message", async (job) => {
  const codec = await import(job.codec);
  const packets = samplePackets.map((sample) => codec.packetOf(sample));
  const encoded = packets.map((packet) => Buffer.from(codec.encode(packet)));
  checkRoundTrips(codec, encoded);

  const operation = codec[job.operation];
  const inputs = job.operation === "encode" ? packets : encoded;
  const wanted = inputs.map((input) => operation(input, STAMP));
  const results = inputs.map(() => undefined);
  const pass = (times) => {
    for (let i = 0; i < times; i++) {
      const at = i % inputs.length;
      results[at] = operation(inputs[at], STAMP);
    }
  };
  const nsEach = await timedPasses(pass, job);
  pass(inputs.length);
  // What the compiler made of the code in the end still does the work.
  assert.deepEqual(results, wanted);
  process.send({ nsEach, packetHex: encoded[0].toString("hex") });
});

function checkRoundTrips(codec, encoded) {
  for (const [i, bytes] of encoded.entries()) {
    const packet = codec.decode(bytes);
    const { command, channelId, sequence, dest, flag = 0, status = 0, meta = [] } = codec.headerOf(packet);
    assert.deepEqual({ command, channelId, sequence, dest, text: codec.textOf(packet) }, samplePackets[i]);
    assert.deepEqual([flag, status, [...meta]], [0, 0, []]);
    assert.equal(codec.forward(bytes), command);
    const stamped = codec.decode(Buffer.from(codec.stamp(bytes, STAMP)));
    assert.deepEqual([codec.headerOf(stamped).channelId, codec.headerOf(stamped).dest], [STAMP, dest]);
  }
}
