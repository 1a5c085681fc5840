// One decoder taking one kind of chunks, a program of its own.
import { timedPasses } from "../timed-passes.mjs";
import { chunksOf, FRAMES } from "./frame-stream.mjs";

process.on("disconnect", () => process.exit());
process.once("message", async (job) => {
  const { decoder, framing } = await import(job.decoder);
  let frames = 0;
  let bytes = 0;
  const take = decoder((payload) => {
    frames++;
    bytes += payload.length;
  });
  const chunks = chunksOf(framing, job.chunking);
  let streams = 0;
  const pass = (times) => {
    streams += times;
    for (let i = 0; i < times; i++) for (const chunk of chunks) take(chunk);
  };
  const nsEach = (await timedPasses(pass, job)) / FRAMES;
  if (frames !== streams * FRAMES || bytes !== frames * 200) throw new Error(`${frames} frames of ${bytes} bytes came`);
  process.send({ nsEach });
});
