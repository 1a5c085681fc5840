import { type Channel, type ChannelMap, CloseCode, HashChannelMap } from "@im/transport-core";
import type { ComplianceCases } from "../compliance-case.js";
import { check, equal } from "../expectations.js";
import { send } from "../harness.js";
import { bytesOf, textOf } from "../payloads.js";

/** A map that records its calls, rejects the id "banned", and throws at one given call. */
class OwnChannelMap implements ChannelMap {
  readonly asked: string[] = [];
  readonly #channels = new HashChannelMap();
  readonly #breaksAt: string | undefined;

  constructor(breaksAt?: string) {
    this.#breaksAt = breaksAt;
  }

  add(channel: Channel): boolean {
    this.#note("add", channel.id);
    return channel.id !== "banned" && this.#channels.add(channel);
  }

  remove(id: string): void {
    this.#channels.remove(id);
    this.#note("remove", id);
  }

  get(id: string): Channel | undefined {
    this.#note("get", id);
    return this.#channels.get(id);
  }

  all(): readonly Channel[] {
    this.#note("all");
    return this.#channels.all();
  }

  #note(call: string, id = ""): void {
    this.asked.push(`${call} ${id}`.trim());
    if (this.#breaksAt === `${call} ${id}`.trim()) throw new Error(`the map breaks at ${call}`);
  }
}

export const channelMapCases = {
  "channel-map/honoured": {
    rule: "a user's own ChannelMap decides which channels are let in, which a push finds and which a broadcast reaches",
    async run(h) {
      const channelMap = new OwnChannelMap();
      const server = await h.startServer({ channelMap });
      const ann = await h.dial(server);
      send(ann, bytesOf("ann"));
      send(ann, bytesOf("hello"));
      await server.messages.atLeast(1);
      const banned = await h.dial(server);
      send(banned, bytesOf("banned"));
      const { code } = await h.within(banned.closed, "the banned client to be closed");
      equal(code, CloseCode.PolicyViolation, "the close code of a client that the map rejects");
      server.server.push("ann", bytesOf("pushed"));
      equal(server.server.broadcast(bytesOf("broadcast")), 1, "channels that a broadcast reaches");
      equal(textOf((await h.readFrame(ann)).payload), "pushed", "the push");
      equal(textOf((await h.readFrame(ann)).payload), "broadcast", "the broadcast");
      await h.within(ann.close(), "ann to close");
      await server.disconnectOf("ann");
      for (const call of ["add ann", "add banned", "get ann", "all", "remove ann"]) {
        check(channelMap.asked.includes(call), `the map is asked to ${call}; it was asked: ${channelMap.asked}`);
      }
    },
  },
  "channel-map/add-throws": {
    rule: "a map that throws at add closes that connection with 1011, is reported, and affects no other",
    async run(h) {
      const server = await h.startServer({ channelMap: new OwnChannelMap("add trouble") });
      const ann = await h.dial(server);
      send(ann, bytesOf("ann"));
      const trouble = await h.dial(server);
      send(trouble, bytesOf("trouble"));
      const { code } = await h.within(trouble.closed, "the connection that cannot be added to be closed");
      equal(code, CloseCode.InternalError, "its close code");
      const error = await server.reported("channel map", "trouble");
      equal(error.message, "the map breaks at add", "what onError gets");
      send(ann, bytesOf("hello"));
      await server.messages.atLeast(1);
      equal(server.disconnects.length, 0, "disconnects");
    },
  },
  "channel-map/remove-throws": {
    rule: "a map that throws at remove is reported, and disconnect is still called",
    async run(h) {
      const server = await h.startServer({ channelMap: new OwnChannelMap("remove ann") });
      const ann = await h.dial(server);
      send(ann, bytesOf("ann"));
      await h.within(ann.close(), "the client to close");
      await server.disconnectOf("ann");
      const error = await server.reported("channel map", "ann");
      equal(error.message, "the map breaks at remove", "what onError gets");
    },
  },
} satisfies ComplianceCases;
