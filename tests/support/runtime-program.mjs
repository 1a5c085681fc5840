// A client as an application writes it, for any runtime: asks on TCP and on the platform's WebSocket, and ends by itself.
// Arguments: the addresses of a gateway.
import { createImClient } from "@im/client";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws/browser";

const [tcpAddress, wsAddress] = process.argv.slice(2);
for (const [dialer, addresses] of [
  [tcpDialer(), tcpAddress],
  [wsDialer(), wsAddress],
]) {
  const client = createImClient({ dialer, addresses, token: "alice" });
  await client.connect();
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, number) => {
      const { body } = await client.request("a.echo", new TextEncoder().encode(String(number)));
      return Number(new TextDecoder().decode(body)) === number;
    }),
  );
  await client.close();
  console.log(`${new URL(addresses).protocol} ${answers.filter(Boolean).length} answers`);
}
