import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, it, onTestFinished, vi } from "vitest";
import { createHonestClient } from "./support/honest-client.js";
import { report, size } from "./support/measuring.js";
import { ServerProcess } from "./support/server-process.js";
import { createDialer, transports } from "./support/transports.js";

const MAX_DESCRIPTORS = 128;
const STAYING = 40;
const INTRUDERS = size(300, 2_000);

it.each(transports)(
  `%s: when descriptors run out, the server goes on for those it has, and accepts new ones when there is room again`,
  async (transport) => {
    // A client that does not log in holds its descriptor as long as the test wants.
    const options = { loginWaitMs: 600_000 };
    const server = await ServerProcess.start(transport, { options, maxDescriptors: MAX_DESCRIPTORS });
    const dialer = createDialer(transport);
    const staying = Array.from({ length: STAYING }, (_, index) => createHonestClient(dialer, `staying ${index}`));
    for (const client of staying) await client.connect(server.dialUrl);
    const echo = async (text: string) => {
      for (const client of staying) client.send(new TextEncoder().encode(text));
      for (const client of staying) {
        expect(new TextDecoder().decode((await client.read()).payload)).toBe(text);
      }
    };
    await echo("before");

    const intruders = await Promise.all(Array.from({ length: INTRUDERS }, () => intrude(server.port)));
    const tooMuch = createHonestClient(dialer, "one too many", { dialTimeoutMs: 500 });
    await expect(tooMuch.connect(server.dialUrl)).rejects.toMatchObject({ code: expect.stringMatching(/^IM_ERR_/) });
    for (let round = 0; round < 10; round++) await echo(`round ${round}`);

    for (const intruder of intruders) intruder.destroy();
    await vi.waitFor(
      async () => {
        const newcomer = createHonestClient(dialer, "newcomer", { dialTimeoutMs: 500 });
        await newcomer.connect(server.dialUrl);
        await newcomer.close();
      },
      { timeout: 5_000, interval: 50 },
    );
    await echo("after");
    const roomAgain = async () => expect((await server.holdings()).descriptors).toBeLessThan(MAX_DESCRIPTORS / 2 + 20);
    await vi.waitFor(roomAgain, { timeout: 5_000 });
    report(
      `${transport}: ${INTRUDERS} intruders on ${MAX_DESCRIPTORS} descriptors: ${JSON.stringify(await server.counts())}`,
    );
    expect(server.isAlive).toBe(true);
    expect((await server.ends()).map(({ id }) => id)).toEqual(["newcomer"]);
  },
);

/** Connects and says nothing. Being turned away is fine. */
async function intrude(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  await Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => {});
  return socket;
}
