import { OpCode, type Server } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { check, equal, rejects, rejectsWith, throws } from "../expectations.js";
import { bytesOf, textOf } from "../payloads.js";
import { loginByName } from "../test-server.js";

const listener = { receive() {} };
const reason = new Error("changed my mind");

export const startCases = {
  "start/needs-a-listener": {
    rule: "start rejects with IM_ERR_INVALID_OPTION without a MessageListener, and may be called again",
    async run(h) {
      const server = h.subject.createServer({});
      await rejects(server.start(), "IM_ERR_INVALID_OPTION", "starting without a MessageListener");
      server.setMessageListener(listener);
      await h.within(server.start(), "the server to start");
      await h.within(server.shutdown(), "the server to shut down");
    },
  },
  "start/setters": {
    rule: "values that the setters set before start apply",
    async run(h) {
      const events = h.log<string>("events");
      const { channels } = h.createServer();
      const server = h.subject.createServer({});
      server.setAcceptor(loginByName);
      server.setMessageListener({
        receive: (agent, payload) => {
          events.put(`${agent.id} says ${textOf(payload)}, in the map: ${channels.get(agent.id) !== undefined}`);
        },
      });
      server.setStateListener({ disconnect: (id) => events.put(`${id} is gone`) });
      server.setChannelMap(channels);
      await h.within(server.start(), "the server to start");
      try {
        const client = await h.dialWith(h.subject.createDialer(), server.dialUrl);
        for (const text of ["ann", "hello"]) client.writeFrame(OpCode.Binary, bytesOf(text));
        await h.within(client.close(), "the client to close");
        const [message, end] = await events.atLeast(2);
        equal(message, "ann says hello, in the map: true", "the first event");
        equal(end, "ann is gone", "the second event");
      } finally {
        await h.within(server.shutdown(), "the server to shut down");
      }
    },
  },
  "start/setters-come-too-late": {
    rule: "after start the setters throw IM_ERR_SERVER_STATE",
    async run(h) {
      const { server, channels } = await h.startServer();
      const setters: Partial<Record<keyof Server, () => void>> = {
        setAcceptor: () => server.setAcceptor(loginByName),
        setMessageListener: () => server.setMessageListener(listener),
        setStateListener: () => server.setStateListener({ disconnect() {} }),
        setChannelMap: () => server.setChannelMap(channels),
      };
      for (const [name, set] of Object.entries(setters)) throws(set, "IM_ERR_SERVER_STATE", `${name} after start`);
    },
  },
  "start/twice": {
    rule: "a server that was started, or shut down, is not started again: IM_ERR_SERVER_STATE",
    async run(h) {
      const { server } = h.createServer();
      const starting = server.start();
      await rejects(server.start(), "IM_ERR_SERVER_STATE", "starting while starting");
      await h.within(starting, "the server to start");
      await rejects(server.start(), "IM_ERR_SERVER_STATE", "starting a server that listens");
      await h.within(server.shutdown(), "the server to shut down");
      await rejects(server.start(), "IM_ERR_SERVER_STATE", "starting a server that was shut down");
    },
  },
  "start/address": {
    rule: "the address is known once the server listens, and dialUrl can be dialled",
    async run(h) {
      const server = h.createServer();
      throws(() => server.server.address, "IM_ERR_SERVER_STATE", "the address before start");
      await h.within(server.server.start(), "the server to start");
      check(server.server.address.host !== "", "the host of the address is not empty");
      await h.roundTrip(server, await h.connect(server));
    },
  },
  "start/address-in-use": {
    rule: "on an address in use start rejects with IM_ERR_LISTEN, and may be called again once it is free",
    needs: "fixedAddress",
    async run(h) {
      const first = await h.startServer();
      const second = h.createServer({}, first.server.address);
      const { cause } = await rejects(second.server.start(), "IM_ERR_LISTEN", "starting on an address in use");
      check(cause instanceof Error, "the system's error is the cause");
      await h.roundTrip(first, await h.connect(first));
      await h.within(first.server.shutdown(), "the first server to shut down");
      await h.within(second.server.start(), "the second server to start");
      await h.roundTrip(second, await h.connect(second));
    },
  },
  "start/abort": {
    rule: "an abort before or during start rejects with its reason; the server may be started again",
    async run(h) {
      const server = h.createServer();
      const { server: starting } = server;
      const signal = AbortSignal.abort(reason);
      await rejectsWith(starting.start({ signal }), reason, "starting with an aborted signal");
      const controller = new AbortController();
      const aborted = starting.start({ signal: controller.signal });
      controller.abort(reason);
      await rejectsWith(h.within(aborted, "the start to settle"), reason, "the start that was aborted");
      await h.within(starting.start(), "the server to start after all");
      await h.roundTrip(server, await h.connect(server));
    },
  },
} satisfies ComplianceCases;
