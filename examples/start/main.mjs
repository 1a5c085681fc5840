// One chat service on WebSocket and TCP at once: Alice comes by WebSocket, Bob by TCP, and neither can tell.
import { styleText } from "node:util";
import { HashChannelMap } from "@im/transport-core";
import { createTcpServer, tcpDialer } from "@im/transport-tcp";
import { createWsServer, wsDialer } from "@im/transport-ws";
import { tokenAcceptor } from "../login/token-acceptor.mjs";
import { ChatUser } from "./chat-user.mjs";
import { createTalkListener } from "./talk-listener.mjs";

const paint = (style, text) => (process.stdout.isTTY ? styleText(style, text) : text);
const say = (who, style, text) => console.log(`  ${paint(style, who.padEnd(8))} ${text}`);

// One map of channels makes the two servers one service: a push finds its channel on either transport.
const channelMap = new HashChannelMap();
const options = {
  host: "127.0.0.1",
  channelMap,
  acceptor: tokenAcceptor,
  messageListener: createTalkListener(channelMap),
  stateListener: { disconnect: (id, { code }) => say("server", "gray", `${id} left (${code})`) },
};
const servers = [createWsServer(options), createTcpServer(options)];

console.log(`\n${paint("bold", "@im")}: one interface over WebSocket and TCP\n`);
for (const server of servers) {
  await server.start();
  say("server", "gray", `listens on ${server.dialUrl}`);
}
const [webSocketUrl, tcpUrl] = servers.map((server) => server.dialUrl);

const alice = new ChatUser("alice", wsDialer(), (from, text) => say("alice", "magenta", `hears ${from}: ${text}`));
const bob = new ChatUser("bob", tcpDialer(), (from, text) => say("bob", "cyan", `hears ${from}: ${text}`));
await alice.connect(webSocketUrl);
say("alice", "magenta", `logged in over WebSocket`);
await bob.connect(tcpUrl);
say("bob", "cyan", `logged in over TCP`);

await alice.talk("bob", "Hi Bob! I speak WebSocket. And you?");
await bob.talk("alice", "TCP. The server says we look the same from up there.");
let chatting;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    clearInterval(chatting);
    console.log("\n  Shutting down …");
    await Promise.all([alice.close(), bob.close()]);
    await Promise.all(servers.map((server) => server.shutdown()));
    console.log("  Bye.");
  });
}

console.log();
console.log(`READY ${webSocketUrl} ${tcpUrl}`);
console.log(paint("gray", "  They go on chatting every few seconds. Press Ctrl-C to stop.\n"));

let round = 0;
chatting = setInterval(async () => {
  const [from, to] = round++ % 2 ? [bob, alice] : [alice, bob];
  try {
    const tookMs = await from.talk(to.name, `message ${round}, across the two transports`);
    say("server", "gray", `delivered and acknowledged in ${tookMs.toFixed(2)} ms`);
  } catch (error) {
    say("server", "red", error.message);
  }
}, 4_000);
