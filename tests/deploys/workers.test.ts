import { sessionOf, shakeHands } from "@im/test-support/raw-peer";
import { describe, expect, it } from "vitest";
import { GatewayOnEveryCore } from "./support/gateway-on-every-core.js";
import { Load } from "./support/load.js";

/** `pnpm test:long` runs the full number. */
const DEPLOYS = process.env.LONG_TESTS ? 30 : 3;
const CONNECTS_PER_SECOND = 200;

describe.skipIf(process.platform === "win32")("a gateway with two workers", () => {
  it(`${DEPLOYS} deploys under ${CONNECTS_PER_SECOND} connects a second refuse and reset none`, async () => {
    const gateway = await GatewayOnEveryCore.start();
    const versions = new Set<string>();
    const load = new Load(CONNECTS_PER_SECOND, async (index) => void versions.add((await gateway.ask(index)).version));
    for (let deploy = 1; deploy <= DEPLOYS; deploy++) {
      await load.more(20);
      await gateway.write(`export const version = "${deploy + 1}";`);
      gateway.signal("SIGUSR2");
      await gateway.said("DEPLOYED");
    }
    await load.more(20);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(versions.size).toBe(DEPLOYS + 1);
    for (let index = 0; index < 8; index++) expect((await gateway.ask(index)).version).toBe(`${DEPLOYS + 1}`);
    expect(await gateway.end()).toBe(0);
  });

  it("keeps its workers if the new code does not start", async () => {
    const gateway = await GatewayOnEveryCore.start();
    await gateway.write('throw new Error("broken");');
    gateway.signal("SIGUSR2");
    expect(await gateway.said("NOT DEPLOYED")).toMatch(/ended before it was ready/);
    for (let index = 0; index < 8; index++) expect((await gateway.ask(index)).version).toBe("1");
  });

  it("replaces a worker that crashes", async () => {
    const gateway = await GatewayOnEveryCore.start();
    const { pid } = await gateway.ask(0);
    process.kill(pid, "SIGKILL");
    const workers = (await gateway.said("RESTARTED")).split(",").map(Number);
    expect(workers).toHaveLength(2);
    expect(workers).not.toContain(pid);
  });

  it("resumes a TLS session on the workers of a deploy, until the ticket keys are replaced", async () => {
    const gateway = await GatewayOnEveryCore.start();
    const [, , ...securePorts] = gateway.ports;
    const sessions = await Promise.all(securePorts.map((port) => sessionOf(port, { ca: gateway.cert })));
    gateway.signal("SIGUSR2");
    await gateway.said("DEPLOYED");
    const resumed = async (index: number) => {
      const options = { ca: gateway.cert, session: sessions[index] };
      return (await shakeHands(securePorts[index]!, options)).isSessionReused();
    };
    expect([await resumed(0), await resumed(1)]).toEqual([true, true]);
    gateway.signal("SIGHUP");
    await gateway.said("NEW TICKET KEYS");
    expect([await resumed(0), await resumed(1)]).toEqual([false, false]);
  });
});
