import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { Requests } from "../../src/im-client/requests.js";

const COUNT = 100_000;
setFlagsFromString("--expose_gc");
const collectGarbage: () => void = runInNewContext("gc");

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

it("100,000 requests that time out leave nothing behind, in heap or timers", async () => {
  const requests = new Requests(undefined);
  requests.online({ send: () => {}, knowsKeys: true });
  const timersBefore = timers();
  const heapBefore = heapBytes();
  const codes = new Map<string, number>();
  const settled = Array.from({ length: COUNT }, () =>
    requests
      .submit({ command: "a.b" }, { timeoutMs: 500, idempotencyKey: "k" })
      .catch(({ code }) => codes.set(code, (codes.get(code) ?? 0) + 1)),
  );
  expect(requests.pending).toBe(COUNT);
  // One for all.
  expect(timers()).toBeLessThanOrEqual(timersBefore + 1);
  await Promise.all(settled);
  settled.length = 0;
  expect([...codes]).toEqual([["IM_ERR_REQUEST_TIMEOUT", COUNT]]);
  expect(requests.pending).toBe(0);
  expect(timers()).toBeLessThanOrEqual(timersBefore);
  // The bare minimum of one entry each would be 10 times as much.
  expect(heapBytes() - heapBefore).toBeLessThan(COUNT * 10);
});
