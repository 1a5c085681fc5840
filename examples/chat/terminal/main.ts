// A chat in a terminal, over TCP, with the same people as in the pages: node dist/terminal/main.js <name> [address of the page]
import { tcpDialer } from "@im/transport-tcp";
import { ChatSession } from "../shared/chat-session.js";
import { serverAt } from "../shared/server-api.js";
import { Screen } from "./screen.js";
import { TerminalChat } from "./terminal-chat.js";

const [account, pageUrl = "http://127.0.0.1:8650/"] = process.argv.slice(2);
if (!account) {
  console.error("usage: node examples/chat/dist/terminal/main.js <your name> [address of the page]");
  process.exit(1);
}

const server = await serverAt(pageUrl).catch((error: Error) => {
  console.error(`No chat at ${pageUrl}: ${error.message}. Is it running?`);
  process.exit(1);
});
const screen = new Screen();
const chat = new TerminalChat(account, screen);
const session = new ChatSession({
  account,
  device: `terminal-${process.pid}`,
  dialer: tcpDialer(),
  address: server.tcp,
  token: () => server.tokenOf(account),
  onEvent: (event) => chat.handle(event),
  onCaughtUp: () => void session.loadGroups().catch(() => {}),
});
chat.open(session, server.people);
for await (const line of screen.lines()) if (chat.enter(line) === "quit") break;
screen.close();
await session.close();
