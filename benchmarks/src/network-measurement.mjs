import { Core } from "./core-pinning.mjs";
import { cpuOfProcessUs } from "./cpu-of-process.mjs";
import { Program } from "./program.mjs";
import { voidReason } from "./void-run.mjs";

const generator = new URL("./load/generator.mjs", import.meta.url);

/** A run takes seconds, one of 10,000 connections on a busy machine a minute. */
const PATIENCE_MS = 120_000;

/**
 * One server under one load, each in a process of its own.
 *
 * @returns what the load measured, and what the server spent in the window; `void` says why the figures do not count
 */
export async function measure({ server, job, serverFlags = [], loadPolls = false }) {
  const serverProgram = new Program(server.file, {
    core: Core.server,
    args: server.args,
    nodeFlags: serverFlags,
    runtime: server.runtime,
  });
  const load = new Program(generator, { core: Core.load });
  const patience = setTimeout(() => load.stop(), PATIENCE_MS);
  try {
    const { port, otherPort } = await serverProgram.next();
    // Asked for when the load says so, for it alone knows when the window begins.
    const before = meterReading(serverProgram, load, "window begins");
    const after = meterReading(serverProgram, load, "window ends");
    const { measured, error } = await load.ask({
      ...job,
      port,
      otherPort,
      dialect: server.dialect,
      login: server.login,
      tls: server.tls,
    });
    if (error) return { void: error };
    const [atStart, atEnd] = await Promise.all([before, after]);
    const collected = serverFlags.includes("--expose-gc") ? await serverProgram.ask("collect garbage") : atEnd;
    const cpuUs = atEnd.cpuUs - atStart.cpuUs;
    const serverBusy = cpuUs / 1000 / measured.elapsedMs;
    return {
      ...measured,
      serverCpuUsPerMessage: cpuUs / measured.messages,
      serverBusy,
      messagesPerSecond: (measured.messages * 1000) / measured.elapsedMs,
      rssBytes: atEnd.rssBytes,
      rssGrowthBytes: atEnd.rssBytes - atStart.rssBytes,
      rssGrowthCollectedBytes: collected.rssBytes - atStart.rssBytes,
      void: voidReason({ loadBusy: measured.busy, serverBusy, loadPolls }),
    };
  } catch (error) {
    return { void: error.message };
  } finally {
    clearTimeout(patience);
    // The side that closes first keeps its ports for a minute: those of the load are needed for the next run.
    await serverProgram.stop();
    await load.stop();
  }
}

function meterReading(serverProgram, load, event) {
  const reading = new Promise((resolve, reject) => {
    load.on(event, async () => {
      try {
        const cpuUs = cpuOfProcessUs(serverProgram.pid);
        const usage = await serverProgram.ask("usage");
        resolve({ ...usage, cpuUs: cpuUs ?? usage.cpuUs });
        load.tell("meters read");
      } catch (error) {
        reject(error);
      }
    });
  });
  // If the server falls, the load says so; nobody may be waiting for this then.
  reading.catch(() => {});
  return reading;
}
