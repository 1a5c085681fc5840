import { type Channel, CloseCode } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { check, equal, equalLists, rejects } from "../expectations.js";
import { upTo } from "../payloads.js";

const COUNT = 11;
const PER_SECOND = 20;

export const shutdownStageCases = {
  "shutdown-stages/at-the-rate": {
    rule: "shutdown closes channels at the given rate, the oldest first, each with 1001",
    async run(h) {
      const ids: string[] = [];
      const tooEarly: string[] = [];
      const server = await h.startServer({
        stateListener: {
          disconnect(id) {
            // Channels may end in any order, but all older ones must be closing by then.
            const older = ids.slice(0, ids.indexOf(id)).map((one) => server.channels.get(one));
            if (older.some((channel) => channel && isOpen(channel))) tooEarly.push(id);
          },
        },
      });
      const connections = [];
      for (let i = 0; i < COUNT; i++) {
        const connected = await h.connect(server);
        connections.push(connected);
        ids.push(connected.id);
      }
      const beganMs = performance.now();
      const report = await h.within(server.server.shutdown({ connectionsPerSecond: PER_SECOND }), "the shutdown");
      const tookMs = performance.now() - beganMs;
      const leastMs = ((COUNT - 1) * 1_000) / PER_SECOND;
      check(tookMs >= leastMs * 0.9, `${COUNT} channels at ${PER_SECOND} a second take ${leastMs} ms, not ${tookMs}`);
      equal(`${report.clean} ${report.cut}`, `${COUNT} 0`, "clean and cut");
      equalLists(tooEarly, [], "channels that were closed before an older one");
      equal(server.disconnects.length, COUNT, "disconnects");
      for (const { client } of connections) {
        equal((await h.within(client.closed, "a client to close")).code, CloseCode.GoingAway, "the close code");
      }
    },
  },
  "shutdown-stages/those-who-wait-go-on": {
    rule: "channels whose turn has not come are served as before; the signal cuts the rest",
    async run(h) {
      const server = await h.startServer();
      const connections = await Promise.all(upTo(3).map(() => h.connect(server)));
      const oldest = server.admitted[0]!.id;
      const controller = new AbortController();
      const stopped = server.server.shutdown({ connectionsPerSecond: 0.001, signal: controller.signal });
      await server.disconnectOf(oldest);
      for (const connected of connections.filter(({ id }) => id !== oldest)) await h.roundTrip(server, connected);
      controller.abort();
      const report = await h.within(stopped, "the shutdown");
      equal(`${report.clean} ${report.cut}`, "1 2", "clean and cut");
    },
  },
  "shutdown-stages/of-one-channel": {
    rule: "closeChannel ends one connection, with code and reason, after what was pushed; the others stay",
    async run(h) {
      const server = await h.startServer();
      const { id, client, channel } = await h.connect(server);
      const other = await h.connect(server);
      const frames = h.collect(client);
      channel.push(new Uint8Array(3));
      await h.within(server.server.closeChannel(id, 4001, "logged in elsewhere"), "the channel to close");
      const info = await h.within(client.closed, "the client to close");
      equal(`${info.code} ${info.reason}`, "4001 logged in elsewhere", "what the client reads");
      equal(frames.length, 1, "frames at the client");
      await rejects(server.server.closeChannel("nobody"), "IM_ERR_UNKNOWN_CHANNEL", "closing an unknown id");
      await h.roundTrip(server, other);
    },
  },
} satisfies ComplianceCases;

/** As soon as close was called, writing throws. */
function isOpen(channel: Channel): boolean {
  try {
    channel.push(new Uint8Array(1));
    return true;
  } catch {
    return false;
  }
}
