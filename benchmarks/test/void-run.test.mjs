import assert from "node:assert/strict";
import { test } from "node:test";
import { voidReason } from "../src/void-run.mjs";

test("a run counts if the load had time left", () => {
  assert.equal(voidReason({ loadBusy: 0.89, serverBusy: 0.5, loadPolls: false }), undefined);
});

test("a run is void if the load had no time left, and the server had", () => {
  const reason = voidReason({ loadBusy: 0.98, serverBusy: 0.92, loadPolls: false });
  assert.equal(reason, "the load was 98 % busy, the server 92 %");
});

test("a run counts if the server had no time left either", () => {
  assert.equal(voidReason({ loadBusy: 0.98, serverBusy: 0.95, loadPolls: false }), undefined);
});

test("a run of a load that polls counts", () => {
  assert.equal(voidReason({ loadBusy: 1, serverBusy: 0.5, loadPolls: true }), undefined);
});

test("a run is void if the server's CPU time was read too late", () => {
  const reason = voidReason({ loadBusy: 0.5, serverBusy: 0.001, loadPolls: false });
  assert.equal(reason, "the server's CPU time was read too late");
});
