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

/** All at once; resolves when all have timed out, with how many did. */
async function timeOut(requests: Requests, count: number): Promise<number> {
  const codes: string[] = [];
  const settled = Array.from({ length: count }, () =>
    requests.submit({ command: "a.b" }, { timeoutMs: 500, idempotencyKey: "k" }).catch(({ code }) => codes.push(code)),
  );
  const timersBefore = timers() - count;
  // They are seen while they run, or seeing none afterwards would prove nothing.
  expect(timersBefore).toBeGreaterThanOrEqual(0);
  expect(requests.pending).toBe(count);
  await Promise.all(settled);
  expect(requests.pending).toBe(0);
  expect(timers()).toBeLessThanOrEqual(timersBefore);
  return codes.filter((code) => code === "IM_ERR_REQUEST_TIMEOUT").length;
}

it("100,000 requests that time out leave nothing behind, in heap or timers", async () => {
  const requests = new Requests({ maxInFlight: COUNT });
  requests.online({ send: () => true, drained: async () => {}, supportsIdempotency: true, account: "alice" });
  // What the runtime makes once for code and timers is no leak.
  await timeOut(requests, COUNT);
  const heapBefore = heapBytes();
  expect(await timeOut(requests, COUNT)).toBe(COUNT);
  // The bare minimum of one entry each would be 10 times as much.
  expect(heapBytes() - heapBefore).toBeLessThan(COUNT * 10);
});
