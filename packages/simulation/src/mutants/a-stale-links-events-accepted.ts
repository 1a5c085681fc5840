import type { Mutant } from "./mutant.js";

/** A connection that was left still tells the client of its end. */
export const aStaleLinksEventsAccepted: Mutant = {
  name: "a stale link's events accepted",
  patches: [
    {
      file: "client/src/im-client/reconnecting-connection.ts",
      find: "onActivity: () => this.#connection === connection && this.#liveness?.onActivity(),",
      replace: "onActivity: () => this.#liveness?.onActivity(),",
    },
    {
      file: "client/src/im-client/reconnecting-connection.ts",
      find: "received: (packet) => this.#connection === connection && this.#events.received(packet),",
      replace: "received: (packet) => this.#events.received(packet),",
    },
    {
      file: "client/src/im-client/reconnecting-connection.ts",
      find: "ended: (info) => this.#connection === connection && this.#lost(info),",
      replace: "ended: (info) => this.#lost(info),",
    },
  ],
  seed: 1,
  breaks: "the end of an abandoned connection does not affect its client",
};
