// The load, a program of its own: does the one job that it is sent, and answers with what it measured.
import { closedLoop } from "./closed-loop.mjs";
import { connectStorm } from "./connect-storm.mjs";
import { crossTalk } from "./cross-talk.mjs";
import { fanOut } from "./fan-out.mjs";
import { idleConnections } from "./idle-connections.mjs";
import { openLoop } from "./open-loop.mjs";

const jobs = { closedLoop, connectStorm, crossTalk, fanOut, idleConnections, openLoop };

process.on("disconnect", () => process.exit());
process.once("message", async (job) => {
  // Kept, so that this program goes on while nothing but an answer is awaited.
  process.channel.ref();
  try {
    process.send({ measured: await jobs[job.kind](job) });
  } catch (error) {
    process.send({ error: error.message });
  }
});
