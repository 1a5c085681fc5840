import type { ClientError } from "@im/client";
import { type DirectionFaults, type FaultProxy, startFaultProxy } from "@im/transport-compliance/fault-proxy";
import { type Dialer, transportErrorCodes } from "@im/transport-core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createHonestClient } from "./support/honest-client.js";
import { isLong, report, size } from "./support/measuring.js";
import { ServerProcess } from "./support/server-process.js";
import { createDialer, createTls, type Transport, transports } from "./support/transports.js";

const AT_A_TIME = 16;
/** What a TLS handshake needs is not the same to the byte each time. */
const TLS_VARIES_BY_BYTES = 32;

async function startProxied(transport: Transport, secure: boolean) {
  const tls = secure ? await createTls(transport) : undefined;
  // Longer than the test: what a reset leaves behind must not be tidied up by a deadline.
  const options = { loginWaitMs: 600_000, ...(tls && { tls: tls.certificate }) };
  const server = await ServerProcess.start(transport, { options });
  const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: server.port } });
  onTestFinished(() => proxy.close());
  const address = server.dialUrl.replace(String(server.port), String(proxy.port));
  return { server, proxy, address, dialer: tls?.dialer ?? createDialer(transport) };
}

/** How many bytes handshake and login take, each way. */
async function bytesOfLogin(dialer: Dialer, address: string, { links }: FaultProxy) {
  const client = createHonestClient(dialer, "alice 0000");
  await client.connect(address);
  const { toServer, toClient } = links[0]!;
  const bytes = { toServer: toServer.forwardedBytes, toClient: toClient.forwardedBytes };
  await client.close();
  return bytes;
}

function* every(step: number, length: number): Generator<number> {
  for (let offset = 0; offset < length; offset += step) yield offset;
}

describe.each(transports)("on %s", (transport) => {
  it.each([
    ["plain", "every byte of login", false, 1],
    ["TLS", isLong ? "every byte of handshake and login" : "every 97th byte of handshake and login", true, size(97, 1)],
  ] as const)("%s: a reset at %s gives the client a code and leaves nothing at the server", async (...given) => {
    const [, , secure, step] = given;
    const { server, proxy, address, dialer } = await startProxied(transport, secure);
    const before = await server.holdings();
    const bytes = await bytesOfLogin(dialer, address, proxy);
    const varies = secure ? TLS_VARIES_BY_BYTES : 0;
    const resets: { toServer?: DirectionFaults; toClient?: DirectionFaults }[] = [
      ...[...every(step, bytes.toServer - varies)].map((resetAtByte) => ({ toServer: { resetAtByte } })),
      ...[...every(step, bytes.toClient - varies)].map((resetAtByte) => ({ toClient: { resetAtByte } })),
    ];
    // The first connection was that without faults.
    proxy.setFaults((index) => resets[index - 1] ?? {});

    const codes: Record<string, number> = {};
    let attempt = 0;
    const attempts = async () => {
      while (attempt < resets.length) {
        const client = createHonestClient(dialer, `alice ${String(attempt++).padStart(4, "0")}`);
        const error = await client.connect(address).then(
          () => expect.unreachable("the login was reset"),
          (error: ClientError) => error,
        );
        expect(transportErrorCodes).toContain(error.code);
        codes[error.code] = (codes[error.code] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, attempts));

    report(`${server.dialUrl}: ${resets.length} resets (${JSON.stringify(bytes)}): ${JSON.stringify(codes)}`);
    expect(proxy.statistics).toMatchObject({ accepted: 1 + resets.length, resets: resets.length });
    await vi.waitFor(async () => expect(await server.holdings()).toEqual(before), { timeout: 5_000 });
    // Whatever still knew of a connection would keep its socket.
    const { sockets } = await server.measure();
    expect(sockets).toBeLessThanOrEqual(resets.length / 100);
    const last = createHonestClient(dialer, "the last");
    await last.connect(address);
    await last.close();
  });
});
