import type { Fault } from "./fault.js";

/** The process of a durable chat store ends without a word; its disk keeps what was synced, and perhaps more. */
export const storeCrash: Fault = {
  name: "store crash",
  weight: 1,
  begin: ({ chat }) => chat?.crashStore(),
};
