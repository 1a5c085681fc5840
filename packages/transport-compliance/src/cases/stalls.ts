import type { ComplianceCases } from "../compliance-case.js";
import { elapse, standStill } from "../deadline.js";
import { check, equal } from "../expectations.js";
import { send } from "../harness.js";
import { bytesOf } from "../payloads.js";

const WAIT_MS = 400;
const STALL_MS = 900;
/** Longer than a timer that came late leaves to the others. */
const VERDICT_MS = 1_500;

/** The process stands still, while what the peers send waits in the system. */
export const stallCases = {
  "stalls/read-wait": {
    rule: "a peer that sent while the process stood still for longer than the read wait is not closed as silent",
    async run(h) {
      const server = await h.startServer({ readWaitMs: WAIT_MS });
      const { client, channel } = await h.connect(server);
      send(client, bytesOf("before"));
      await server.messages.atLeast(1);
      send(client, bytesOf("in time"));
      standStill(STALL_MS);
      await server.messages.atLeast(2);
      send(client, bytesOf("still here"));
      await server.messages.atLeast(3);
      equal(server.disconnects.length, 0, "connections that ended");
      channel.setReadWait(60_000);
    },
  },
  "stalls/read-wait-of-the-silent": {
    rule: "a silent peer is found even after the process stood still",
    async run(h) {
      const server = await h.startServer({ readWaitMs: WAIT_MS });
      const { id } = await h.connect(server);
      standStill(STALL_MS);
      const { info } = await server.disconnectOf(id);
      equal(info.error?.code, "IM_ERR_READ_TIMEOUT", "the error that the StateListener gets");
    },
  },
  "stalls/login-wait": {
    rule: "a login that was sent in time is let in, although the process stood still longer than the login wait",
    async run(h) {
      const server = await h.startServer({ loginWaitMs: WAIT_MS });
      const client = await h.dial(server);
      send(client, bytesOf("in time"));
      standStill(STALL_MS);
      await server.channel("in time");
    },
  },
  "stalls/dial": {
    rule: "a dialer that stood still longer than its time limit connects, handshake included",
    async run(h) {
      const server = await h.startServer();
      const dialer = h.subject.createDialer();
      const context = { id: "", name: "", address: server.server.dialUrl, timeoutMs: WAIT_MS };
      const dialed = dialer.dialAndHandshake(context);
      standStill(STALL_MS);
      const client = await h.within(dialed, "the dialer to connect");
      client.destroy();
    },
  },
  "stalls/write-wait": {
    rule: "a peer that takes bytes as soon as the process goes on is not cut by the write wait",
    async run(h) {
      const server = await h.startServer({ writeWaitMs: WAIT_MS, maxPayloadBytes: 16 << 20, maxQueuedBytes: 64 << 20 });
      const { client, channel } = await h.connect(server, { conn: { maxPayloadBytes: 16 << 20 } });
      const frames = h.collect(client);
      for (let i = 0; i < 4; i++) channel.push(new Uint8Array(8 << 20));
      channel.flush();
      standStill(STALL_MS);
      await frames.atLeast(4);
      await elapse(VERDICT_MS);
      equal(server.disconnects.length, 0, "connections that ended");
      check(channel.queuedBytes === 0, "all of it has left");
    },
  },
} satisfies ComplianceCases;
