import { OpCode, type TransportHooks } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { equal } from "../expectations.js";
import { send } from "../harness.js";
import { numbered, upTo } from "../payloads.js";

const hookNames = [
  "accepted",
  "refused",
  "opened",
  "received",
  "sent",
  "written",
  "blocked",
  "dropped",
  "closed",
] as const satisfies readonly (keyof TransportHooks)[];

function counting() {
  const counts = Object.fromEntries(hookNames.map((name) => [name, 0])) as Record<keyof TransportHooks, number>;
  const hooks = Object.fromEntries(hookNames.map((name) => [name, () => void counts[name]++])) as TransportHooks;
  return { counts, hooks };
}

export const hookCases = {
  "hooks/exact-counts": {
    rule: "every connection is accepted, opened and closed once; every message is received and sent once",
    async run(h) {
      const { counts, hooks } = counting();
      const server = await h.startServer({
        hooks,
        messageListener: { receive: (agent, payload) => void agent.push(payload) },
      });
      const connections = await Promise.all(upTo(10).map(() => h.connect(server)));
      for (const { client } of connections) {
        const frames = h.collect(client);
        for (const number of upTo(50)) send(client, numbered(number));
        client.writeFrame(OpCode.Ping, new Uint8Array(0));
        client.flush();
        await frames.atLeast(51);
      }
      server.server.broadcast(numbered(0));
      for (const { client } of connections) await h.within(client.close(), "a client to close");
      await server.disconnects.atLeast(10);
      const { accepted, refused, opened, received, sent, dropped, closed } = counts;
      equal(`${accepted} ${refused} ${opened} ${closed}`, "10 0 10 10", "accepted, refused, opened, closed");
      equal(`${received} ${sent} ${dropped}`, "500 510 0", "received, sent, dropped");
    },
  },
  "hooks/refused-logins": {
    rule: "a connection that is accepted and not let in counts as refused, once",
    async run(h) {
      const { counts, hooks } = counting();
      const server = await h.startServer({
        hooks,
        acceptor: {
          accept: () => {
            throw new Error("no");
          },
        },
      });
      for (let i = 0; i < 5; i++) await h.within((await h.dial(server)).closed, "the refusal");
      await server.errors.atLeast(5);
      const { accepted, refused, opened } = counts;
      equal(`${accepted} ${refused} ${opened}`, "5 5 0", "accepted, refused, opened");
    },
  },
  "hooks/that-throw": {
    rule: "hooks that throw are reported and affect no connection",
    async run(h) {
      const failing = () => {
        throw new Error("hook");
      };
      const hooks = Object.fromEntries(hookNames.map((name) => [name, failing])) as TransportHooks;
      const server = await h.startServer({ hooks });
      const connected = await h.connect(server);
      await h.roundTrip(server, connected);
      await h.within(connected.client.close(), "the client to close");
      equal((await server.disconnectOf(connected.id)).info.clean, true, "clean");
      await server.reported("hook");
    },
  },
} satisfies ComplianceCases;
