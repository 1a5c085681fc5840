// A process that writes: its messages say who wrote them, and it prints the id of each one that was acknowledged.
import pg from "pg";
import { openPostgresChatStore } from "../../src/index.js";

const [host = "", schema = "", sender = "", lanes = "0", count = "0"] = process.argv.slice(2);
const pool = new pg.Pool({ host, user: "test", database: "postgres" });
const store = await openPostgresChatStore({ pool, schema, timeoutMs: 60_000 });
const write = async (lane: number) => {
  for (let n = 0; n < Number(count); n++) {
    const body = `${sender} ${lane} ${n}`;
    const message = { sender, to: { account: "bob" }, type: 1, body, extra: "" };
    const added = await store.add(message, body);
    if (typeof added === "object") console.log(`${added.messageId} ${body}`);
  }
};
await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => write(lane)));
process.exit(0);
