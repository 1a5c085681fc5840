import { createCertificate } from "@im/test-support/certificate";
import { spyOnHandles } from "@im/test-support/handle-spy";
import { send } from "@im/test-support/watched-server";
import { expect, it } from "vitest";
import { dial, start } from "./support/raw-tcp.js";

/** What is set on the sockets of both ends while they connect: `noDelay true`, `keepAlive true 60` … */
async function optionsSet(keepAliveMs: number | undefined, secure: boolean): Promise<string[]> {
  const set: string[] = [];
  spyOnHandles(["setNoDelay", "setKeepAlive"], (method, args) =>
    set.push([method, ...args.filter((arg) => arg !== undefined)].join(" ")),
  );
  const keepAlive = keepAliveMs === undefined ? {} : { keepAliveMs };
  const { key, cert } = await createCertificate();
  const watched = await start({ ...keepAlive, ...(secure ? { tls: { key, cert } } : {}) });
  const conn = await dial(watched, { ...keepAlive, ...(secure ? { tls: { ca: cert } } : {}) });
  send(conn, "alice");
  await watched.admitted.next();
  return set.sort();
}

it.each([
  ["TCP", false],
  ["TLS", true],
])("both ends of a %s connection send without delay and probe a silent peer after a minute", async (_, secure) => {
  expect(await optionsSet(undefined, secure)).toEqual([
    "setKeepAlive true 60",
    "setKeepAlive true 60",
    "setNoDelay true",
    "setNoDelay true",
  ]);
});

it("keepAliveMs says after how long", async () => {
  expect(await optionsSet(5000, false)).toContain("setKeepAlive true 5");
});

it.each([
  ["TCP", false],
  ["TLS", true],
])("keepAliveMs: Infinity sends no probes on %s", async (_, secure) => {
  expect(await optionsSet(Number.POSITIVE_INFINITY, secure)).toEqual(["setNoDelay true", "setNoDelay true"]);
});
