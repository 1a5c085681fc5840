// On Bun: dials the WebSocket address given, by the entry that Bun picks, and starts a server of each transport.
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer, wsDialer } from "@im/transport-ws";

const conn = await wsDialer().dialAndHandshake({ address: process.argv[2] });
conn.writeFrame(2, new TextEncoder().encode("hello"));
console.log(new TextDecoder().decode((await conn.readFrame()).payload));
await conn.close();

const listeners = { messageListener: { receive() {} } };
const tcp = createTcpServer({ host: "127.0.0.1", ...listeners });
await tcp.start();
console.log("tcp starts");
await tcp.shutdown();
await createWsServer({ host: "127.0.0.1", ...listeners })
  .start()
  .catch((error) => console.log(`${error.code}: ${error.message}`));
