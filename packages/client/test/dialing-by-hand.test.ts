import { it, onTestFinished } from "vitest";
import { transports } from "./support/transports.js";
import { within } from "./support/waiting.js";

it.each(transports)("a dialer of $name needs no more than the address", async ({ createServer, dialer }) => {
  const server = createServer({ messageListener: { receive() {} } });
  await server.start();
  onTestFinished(() => server.shutdown({ signal: AbortSignal.abort() }).then(() => {}));
  const conn = await within(dialer().dialAndHandshake({ address: server.dialUrl }), "the connection");
  await within(conn.close(), "the close");
});
