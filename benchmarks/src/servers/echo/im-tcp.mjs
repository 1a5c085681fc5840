// An echo through Server, Channel, MessageListener and push; with --login behind a login, with --tls encrypted,
// with --commonjs by `require`.
import { certificate } from "../certificate.mjs";
import { loadPackage } from "../load-package.mjs";
import { loginAcceptor } from "../login-acceptor.mjs";
import { openToOneAddress } from "../open-to-one-address.mjs";
import { reportUsage } from "../report-usage.mjs";

const { createTcpServer } = await loadPackage("@im/transport-tcp");
const server = createTcpServer({
  ...openToOneAddress,
  tls: certificate,
  messageListener: { receive: (agent, payload) => agent.push(payload) },
});
if (process.argv.includes("--login")) server.setAcceptor(loginAcceptor);
await server.start();
reportUsage(server.address.port);
