// A gateway whose one handler echoes: bodies as bytes, or with --compact or --generated decoded and encoded again;
// with --commonjs by `require`.
import { loadPackage } from "../load-package.mjs";
import { openToOneAddress } from "../open-to-one-address.mjs";
import { reportUsage } from "../report-usage.mjs";

const { createGateway } = await loadPackage("@im/gateway");
const { createTcpServer } = await loadPackage("@im/transport-tcp");
const { createWsServer } = await loadPackage("@im/transport-ws");
const { compactCommandMap } = await loadPackage("@im/wire/compact");
const { commandMap } = await loadPackage("@im/wire/messages");
const server = (process.argv.includes("--ws") ? createWsServer : createTcpServer)(openToOneAddress);
const command = "chat.user.talk";
const map = process.argv.includes("--compact") ? compactCommandMap : commandMap;
const { request } = map[command];
const isRaw = process.argv.includes("--raw");
const gateway = createGateway({
  servers: [server],
  authenticate: ({ token }) => ({ account: token }),
  commands: isRaw ? {} : { [command]: { request, response: request, needsDest: true } },
});
const echo = (context) => void context.respond(context.body);
if (isRaw) gateway.handleRaw(command, echo);
else gateway.handle(command, echo);
await gateway.start();
reportUsage(server.address.port);
