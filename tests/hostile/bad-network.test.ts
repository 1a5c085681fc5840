import { startFaultProxy } from "@im/transport-compliance/fault-proxy";
import { expect, it, onTestFinished } from "vitest";
import { createHonestClient } from "./support/honest-client.js";
import { report, size } from "./support/measuring.js";
import { ServerProcess } from "./support/server-process.js";
import { createDialer, type Transport, transports } from "./support/transports.js";

const MESSAGES = size(1_000, 10_000);
const badNetwork = { latencyMs: 300, jitterMs: 200, bytesPerSecond: 64 * 1024, maxSliceBytes: 7 };

function numbered(number: number): Uint8Array {
  // Of different lengths, so that slices and frames meet at every place.
  const payload = new Uint8Array(4 + (number % 23));
  new DataView(payload.buffer).setUint32(0, number);
  return payload;
}

async function expectEchoes(transport: Transport): Promise<void> {
  const server = await ServerProcess.start(transport);
  const faults = { toServer: badNetwork, toClient: badNetwork };
  const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: server.port }, faults });
  onTestFinished(() => proxy.close());
  const client = createHonestClient(createDialer(transport), "alice");
  await client.connect(`${transport}://127.0.0.1:${proxy.port}`);

  const startMs = performance.now();
  for (let number = 0; number < MESSAGES; number++) client.send(numbered(number));
  for (let number = 0; number < MESSAGES; number++) {
    const { payload } = await client.read();
    expect(Buffer.compare(payload, numbered(number)), `${transport}: message ${number} of ${MESSAGES}`).toBe(0);
  }
  const tookMs = performance.now() - startMs;
  const { toServer, toClient } = proxy.links[0]!;
  report(
    `${transport}: ${MESSAGES} messages there and back in ${(tookMs / 1000).toFixed(1)} s, ` +
      `${toServer.forwardedBytes} and ${toClient.forwardedBytes} bytes`,
  );
  // The network was as bad as was asked for.
  expect(tookMs).toBeGreaterThan(2 * (badNetwork.latencyMs - badNetwork.jitterMs));
  expect(tookMs).toBeGreaterThan((toServer.forwardedBytes / badNetwork.bytesPerSecond) * 900);
  // Nothing is left over: a last message is answered by itself.
  client.send(Uint8Array.of(42));
  expect([...(await client.read()).payload]).toEqual([42]);
  await client.close();
}

it(`${MESSAGES} messages through 300 ± 200 ms, 64 KB/s and slices of 1 to 7 bytes come back whole, once and in order`, async () => {
  await Promise.all(transports.map(expectEchoes));
});
