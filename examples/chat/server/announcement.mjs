import { styleText } from "node:util";

const paint = (style, text) => (process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text);

/** Prints where the chat is, with a login link for two people. */
export function announce({ pageUrl, tcpUrl, memory, data, postgres, workers }) {
  const line = (name, text) => console.log(`  ${paint("gray", name.padEnd(10))} ${text}`);
  console.log(`\n${paint("bold", "@im chat")}: one service on WebSocket and TCP\n`);
  line("alice", paint("cyan", `${pageUrl}?as=alice`));
  line("bob", paint("cyan", `${pageUrl}?as=bob`));
  line("terminal", `node examples/chat/dist/terminal/main.js carol ${pageUrl}`);
  line("tcp", tcpUrl);
  if (workers) line("workers", workers);
  if (postgres) line("messages", "kept in Postgres");
  else line("messages", memory ? "kept in memory: a restart forgets them" : `kept in ${data}`);
  console.log(
    `\n  ${paint("yellow", "DEVELOPMENT LOGIN: it asks for no password. Anybody can sign in under any name.")}\n` +
      "  The server listens on this machine only. Replace server/development-login.mjs before you open it to others.\n",
  );
  console.log(`READY ${pageUrl} ${tcpUrl}`);
  console.log(paint("gray", "  Open the two links side by side. Press Ctrl-C to stop.\n"));
}
