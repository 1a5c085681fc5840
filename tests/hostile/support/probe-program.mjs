// Honest clients in a process of their own, so that what they measure is the server and not their neighbours' work.
import { setTimeout as elapse } from "node:timers/promises";
import { OpCode } from "@im/transport-core";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import { answerParent } from "./answer-parent.mjs";

const { transport, address } = JSON.parse(process.argv[2]);
const dialer = transport === "ws" ? wsDialer() : tcpDialer();

/** Of echoes, in milliseconds, since they were last taken. */
let roundTripsMs = [];

async function probe(id, everyMs) {
  const conn = await dialer.dialAndHandshake({ id, name: "probe", address, timeoutMs: 10_000 });
  const roundTrip = async (payload) => {
    const startMs = performance.now();
    conn.writeFrame(OpCode.Binary, payload);
    conn.flush();
    await conn.readFrame();
    return performance.now() - startMs;
  };
  await roundTrip(new TextEncoder().encode(id));
  const payload = new Uint8Array(64);
  const go = async () => {
    for (;;) {
      const tookMs = await roundTrip(payload);
      roundTripsMs.push(tookMs);
      await elapse(Math.max(0, everyMs - tookMs));
    }
  };
  // A probe that fails ends the program, and with it the test.
  void go();
}

answerParent({
  async start(clients, everyMs) {
    for (let index = 0; index < clients; index++) await probe(`probe ${index}`, everyMs);
  },
  take() {
    const taken = roundTripsMs;
    roundTripsMs = [];
    return taken;
  },
});
