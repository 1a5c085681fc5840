import { caseIds, describeTransport, leftOutCases, runCase, type TransportSubject } from "@im/transport-compliance";
import { createMemoryNetwork } from "@im/transport-compliance/memory";
import { expect, it } from "vitest";

const memory: TransportSubject = { name: "memory", ...createMemoryNetwork(), badAddress: "memory://nobody:1" };
const withoutPing: TransportSubject = { ...memory, capabilities: { ping: false }, openResources: () => [] };

it("a transport that lacks nothing is asked for every case", () => {
  expect(leftOutCases({ ...memory, openResources: () => [] })).toEqual([]);
});

it("each case that is left out names the capability that the transport lacks", () => {
  const leftOut = leftOutCases(withoutPing);
  expect(leftOut).toContainEqual({ id: "heartbeat/ping-is-answered", reason: "capabilities.ping is false" });
  expect(new Set(leftOut.map(({ reason }) => reason))).toEqual(new Set(["capabilities.ping is false"]));
});

it("a subject without openResources is not asked for the cases that count them", () => {
  expect(leftOutCases(memory)).toEqual([{ id: "leaks/nothing-left", reason: "the subject has no openResources()" }]);
});

it("a runner shows what is left out as skipped, and runs the rest", () => {
  const [defined, skipped]: [string[], string[]] = [[], []];
  const it = Object.assign((title: string) => defined.push(title), { skip: (title: string) => skipped.push(title) });
  describeTransport({ describe: (_title, define) => define(), it }, withoutPing);
  expect(skipped).toContain("heartbeat/ping-is-answered: left out, because capabilities.ping is false");
  expect(skipped).toHaveLength(leftOutCases(withoutPing).length);
  expect(defined).toHaveLength(caseIds.length - skipped.length);
});

it("a runner that cannot skip runs the rest", () => {
  const defined: string[] = [];
  describeTransport(
    { describe: (_title, define) => define(), it: (title: string) => defined.push(title) },
    withoutPing,
  );
  expect(defined).toHaveLength(caseIds.length - leftOutCases(withoutPing).length);
});

it("a case that is left out cannot be run alone", async () => {
  const running = runCase(withoutPing, "heartbeat/ping-is-answered");
  await expect(running).rejects.toThrow("memory cannot be asked to pass heartbeat/ping-is-answered, because");
});
