import { once } from "node:events";
import { connect } from "node:net";
import { type Dialer, OpCode, TransportError } from "@im/transport-core";

const GOING_AWAY = 1001;
/** A machine that stands still makes connects slow; it must not make them fail. */
const DIAL_TIMEOUT_MS = 60_000;

/**
 * Dials, sends a message and waits for the answer.
 *
 * @returns the answer; undefined if the server closed the connection in order, with 1001, before it
 */
export async function ask(dialer: Dialer, address: string, text = "hello"): Promise<string | undefined> {
  const conn = await dialer.dialAndHandshake({ id: "", name: "", address, timeoutMs: DIAL_TIMEOUT_MS });
  try {
    conn.writeFrame(OpCode.Binary, new TextEncoder().encode(text));
    conn.flush();
    const { payload } = await conn.readFrame();
    return new TextDecoder().decode(payload);
  } catch (error) {
    if (error instanceof TransportError && error.closeInfo?.code === GOING_AWAY) return undefined;
    throw error;
  } finally {
    void conn.close();
  }
}

/** As {@link ask}, on TCP behind a PROXY header that names this client. */
export async function askAsProxy(port: number, client: string): Promise<string | undefined> {
  const socket = connect(port, "127.0.0.1");
  try {
    socket.write(`PROXY TCP4 ${client} 192.0.2.1 40000 443\r\n`);
    socket.write(Buffer.from("02000000026869", "hex"));
    let received = Buffer.alloc(0);
    while (received.length < 5 || received.length < 5 + received.readUInt32BE(1)) {
      const [chunk] = await once(socket, "data");
      received = Buffer.concat([received, chunk]);
    }
    const payload = received.subarray(5, 5 + received.readUInt32BE(1));
    if (received[0] === OpCode.Close && payload.readUInt16BE() === GOING_AWAY) return undefined;
    return payload.toString();
  } finally {
    socket.destroy();
  }
}
