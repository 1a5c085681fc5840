// Sends messages to the echo server and checks every answer, byte for byte and in order:
//   node examples/echo/client.mjs --transport ws|tcp --address A --count N --size B
//     [--login TOKEN] [--window W] [--heartbeat MS]
// A is host:port or a URL (ws:, wss:, tcp:, tls:).
import { parseArgs } from "node:util";
import { createClient } from "@im/client";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import { tokenDialer } from "../login/token-dialer.mjs";

/** How long the server may take for one echo. */
const ECHO_TIMEOUT_MS = 30_000;

const { values: args } = parseArgs({
  options: {
    transport: { type: "string", default: "ws" },
    address: { type: "string" },
    count: { type: "string", default: "1000" },
    size: { type: "string", default: "128" },
    login: { type: "string" },
    window: { type: "string", default: "1" },
    heartbeat: { type: "string", default: "55000" },
  },
});
const plainDialer = { ws: wsDialer, tcp: tcpDialer }[args.transport]?.();
if (!plainDialer) throw new Error(`--transport must be ws or tcp, not ${args.transport}`);
if (!args.address) throw new Error("--address is missing: the server prints it");
const [count, size, window, heartbeatMs] = ["count", "size", "window", "heartbeat"].map(numberOf);

const dialer = args.login === undefined ? plainDialer : tokenDialer(plainDialer, args.login);
const client = createClient({ name: "echo", dialer, heartbeatMs });
await client.connect(args.address);

const stalled = new AbortController();
const watchdog = setTimeout(() => stalled.abort(new Error("an echo did not come back in time")), ECHO_TIMEOUT_MS);
const startMs = performance.now();
let sent = 0;
for (let received = 0; received < count; received++) {
  while (sent < count && sent - received < window) client.send(message(sent++));
  const { payload } = await client.read({ signal: stalled.signal });
  watchdog.refresh();
  if (Buffer.compare(payload, message(received)) !== 0) throw new Error(`echo ${received} is not what was sent`);
}
const elapsedMs = performance.now() - startMs;
clearTimeout(watchdog);
await client.close();
// What had come besides can still be read; in order, the end comes next.
const surplus = await client.read().catch(() => undefined);
if (surplus) throw new Error(`more came back than was sent: ${surplus.payload.length} bytes`);
console.log(`${count} echoes of ${size} bytes in ${elapsedMs.toFixed(0)} ms, all correct and in order`);

function numberOf(name) {
  const value = Number(args[name]);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} must be a whole number above 0, not ${args[name]}`);
}

/** Differs from message to message in every byte. */
function message(index) {
  const payload = new Uint8Array(size);
  for (let i = 0; i < size; i++) payload[i] = (index * 31 + (index >> 8) * 17 + i * 7) & 0xff;
  return payload;
}
