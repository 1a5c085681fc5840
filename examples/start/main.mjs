// One chat service on WebSocket and TCP at once: Alice uses WebSocket, Bob uses TCP, and they talk with each other.
import { styleText } from "node:util";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import { createChatService } from "./chat-service.mjs";
import { signIn } from "./chat-user.mjs";

const paint = (style, text) => (process.stdout.isTTY ? styleText(style, text) : text);
const printer = (name, style) => (text) => console.log(`  ${paint(style, name.padEnd(8))} ${text}`);
const printServer = printer("server", "gray");

console.log(`\n${paint("bold", "@im")}: one interface over WebSocket and TCP\n`);
const service = createChatService();
service.presence.on("online", (account) => printServer(`${account} signed in`));
service.presence.on("offline", (account) => printServer(`${account} left`));
await service.start();
const [webSocketUrl, tcpUrl] = service.servers.map((server) => server.dialUrl);
printServer(`listens on ${webSocketUrl} and ${tcpUrl}`);

const alice = await signIn("alice", wsDialer(), webSocketUrl, printer("alice", "magenta"));
const bob = await signIn("bob", tcpDialer(), tcpUrl, printer("bob", "cyan"));
await alice.talk("bob", "Hi Bob! I use WebSocket. And you?");
await bob.talk("alice", "TCP. The server treats us alike.");

let round = 0;
const chatting = setInterval(async () => {
  const [from, to] = round++ % 2 ? [bob, alice] : [alice, bob];
  const startMs = performance.now();
  try {
    await from.talk(to.name, `message ${round}, across the two transports`);
    printServer(`delivered and acknowledged in ${(performance.now() - startMs).toFixed(2)} ms`);
  } catch (error) {
    printServer(error.message);
  }
}, 4_000);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    clearInterval(chatting);
    console.log("\n  Shutting down …");
    await Promise.all([alice.close(), bob.close()]);
    await service.shutdown();
    console.log("  Bye.");
  });
}

console.log(`\nREADY ${webSocketUrl} ${tcpUrl}`);
console.log(paint("gray", "  They send a message every few seconds. Press Ctrl-C to stop.\n"));
