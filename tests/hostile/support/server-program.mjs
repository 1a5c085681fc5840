// A server in a process of its own, so that its memory, descriptors and timers are its own.
import { subscribe } from "node:diagnostics_channel";
import { readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as elapse } from "node:timers/promises";
import { HashChannelMap } from "@im/transport-core";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { answerParent } from "./answer-parent.mjs";
import { scenarios } from "./scenarios.mjs";

const { transport, options, scenario } = JSON.parse(process.argv[2]);

/** What happened, as counts by name. */
const counts = {};
const count = (name) => {
  counts[name] = (counts[name] ?? 0) + 1;
};

let collected = 0;
const registry = new FinalizationRegistry(() => collected++);
let sockets = 0;
const socketRegistry = new FinalizationRegistry(() => sockets--);
// Node reports each socket that a listener of this process accepts.
subscribe("net.server.socket", ({ socket }) => {
  sockets++;
  socketRegistry.register(socket);
});
class WatchedChannelMap extends HashChannelMap {
  add(channel) {
    const added = super.add(channel);
    if (added) {
      count("admitted");
      registry.register(channel);
    }
    return added;
  }
}

const ends = [];
const channels = new WatchedChannelMap();
const given = scenarios[scenario]({
  count,
  server: () => server,
  channelOf: (id) => channels.get(id),
  channels: () => channels.all(),
});
const create = transport === "ws" ? createWsServer : createTcpServer;
const server = create({
  host: "127.0.0.1",
  channelMap: channels,
  onError: (error, { during }) => count(`${during}: ${error?.code ?? error?.message ?? error}`),
  ...options,
  ...given.parts,
  stateListener: {
    disconnect(id, { code, clean, error }) {
      ends.push({ id, code, clean, error: error?.code, atMs: Date.now() });
      return given.parts.stateListener?.disconnect(id);
    },
  },
});

const delays = monitorEventLoopDelay();
delays.enable();

let peakArrayBuffers = 0;
let peakRss = 0;
const watchMemory = () => {
  const { arrayBuffers, rss } = process.memoryUsage();
  peakArrayBuffers = Math.max(peakArrayBuffers, arrayBuffers);
  peakRss = Math.max(peakRss, rss);
};

const calls = {
  async start() {
    await server.start();
    return { port: server.address.port, dialUrl: server.dialUrl };
  },
  /** Memory after garbage was collected, and what is open. */
  async measure() {
    for (let round = 0; round < 4; round++) {
      globalThis.gc();
      // Finalizers run, and sockets close, between collections.
      await elapse(20);
    }
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    return { heapUsed, arrayBuffers, rss, peakArrayBuffers, peakRss, collected, sockets, ...calls.holdings() };
  },
  holdings() {
    return {
      channels: channels.all().length,
      // The descriptor of this very listing is not counted.
      descriptors: readdirSync("/dev/fd").length - 1,
      timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length,
    };
  },
  /** From now on the peak is that of what comes. */
  watchPeak() {
    peakArrayBuffers = 0;
    peakRss = 0;
    setInterval(watchMemory, 5).unref();
  },
  /** From now on the worst delay is that of what comes. */
  watchDelays: () => delays.reset(),
  /** How long the event loop stood still at most, in milliseconds. */
  worstDelayMs: () => delays.max / 1e6,
  counts: () => counts,
  ends: () => ends,
  updateTls: (options) => server.updateTls(options),
  forgetEnds: () => void ends.splice(0),
  shutdown: (options) => server.shutdown(options),
  ...given.calls,
};

answerParent(calls);
