import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { openPostgresChatStore } from "../src/index.js";
import type { PostgresClient, PostgresPool } from "../src/postgres-pool.js";

it("hears a connection that ends in the same bytes that open it", async () => {
  const unheard: unknown[] = [];
  const client = Object.assign(new EventEmitter(), {
    query: () => Promise.reject(new Error("the connection has ended")),
    release: () => {},
  });
  const pool: PostgresPool = {
    connect: (lent) => {
      lent(undefined, client as PostgresClient);
      try {
        // Without a listener this throws, and ends the process.
        client.emit("error", new Error("terminating connection"));
      } catch (error) {
        unheard.push(error);
      }
    },
    on: () => {},
    off: () => {},
  };
  await expect(openPostgresChatStore({ pool })).rejects.toMatchObject({ code: "IM_ERR_STORE_IO" });
  expect(unheard).toEqual([]);
});
