import type { Mutant } from "./mutant.js";

/** A connection that was given up still brings packets and its end. */
export const aStaleLinksEventsAccepted: Mutant = {
  name: "a stale link's events accepted",
  patches: [
    {
      file: "client/src/im-client/reconnecting-connection.ts",
      find: "received: (packet) => this.#connection === connection && this.#events.received(packet)",
      replace: "received: (packet) => this.#events.received(packet)",
    },
    {
      file: "client/src/im-client/reconnecting-connection.ts",
      find: "ended: (info) => this.#connection === connection && this.#lost(info)",
      replace: "ended: (info) => this.#lost(info)",
    },
  ],
  seed: 0,
  breaks: "",
};
