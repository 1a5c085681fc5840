import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// The suite is not built.
import { type CaseId, caseIds } from "../../packages/transport-compliance/src/index.js";
import type { ComplianceProgram } from "./page/compliance-page.js";
import { openBridge } from "./support/bridge.js";
import { bundlePage, launchChromium, openPageFor } from "./support/chromium.js";

declare const program: ComplianceProgram;

/** What a page cannot do, and so the cases that cannot be asked of it. docs/client.md says what follows for users. */
const leftOut: Partial<Record<CaseId, string>> = {
  "dial/addresses": "a page is not told its own address",
  "login/id-and-meta": "a page is not told its own address",
  "frames/continuation": "WebSocket joins fragments",
  "limits/oversize-to-client": "a page may not send the close code 1009",
  "close/client-vanishes": "a page cannot cut a connection off, only close it",
  "heartbeat/ping-is-answered": "a page cannot send Ping",
  "heartbeat/between-data": "a page cannot send Ping",
  "inbox/heartbeats-are-answered": "a page cannot send Ping",
  "hooks/exact-counts": "a page cannot send Ping",
  "heartbeat/ping-to-client": "the browser answers Ping by itself and does not show it",
  "backpressure/drained-when-the-peer-reads": "a page cannot hold a peer back",
  "backpressure/nobody-reads-the-frames": "a page cannot hold a peer back",
  "backpressure/drained-at-the-end": "a page cannot hold a peer back",
  "backpressure/hard-limit": "a page cannot hold a peer back",
  "backpressure/broadcast-leaves-out": "a page cannot hold a peer back",
  "backpressure/write-wait": "a page cannot hold a peer back",
  "backpressure/write-deadline": "a page cannot hold a peer back",
  "overflow/drop-newest": "a page cannot hold a peer back",
  "overflow/drop-oldest": "a page cannot hold a peer back",
  "overflow/control-frames-pass": "a page cannot hold a peer back",
  "abort/drained": "a page cannot hold a peer back",
  "closing/frozen-peer": "a page cannot hold a peer back",
  "shutdown/lets-the-listener-finish": "a page cannot put two frames into one write",
  "shutdown/signal-cuts": "a page cannot hold a peer back",
  "leaks/nothing-left": "a page cannot count its sockets",
};

let browser: Browser;
let opened: Awaited<ReturnType<typeof openPageFor>>;
let bridge: Awaited<ReturnType<typeof openBridge>>;
beforeAll(async () => {
  const [launched, script] = await Promise.all([launchChromium(), bundlePage("compliance-page.ts")]);
  browser = launched;
  opened = await openPageFor(browser, script);
  bridge = await openBridge();
  await opened.page.evaluate((url) => program.openBridge(url), bridge.url);
});
afterAll(async () => {
  bridge?.close();
  await opened?.close().finally(() => browser.close());
});

describe("transport compliance: the browser entry, in Chromium", () => {
  it.each(caseIds.filter((id) => !(id in leftOut)))("%s", async (id) => {
    expect(await opened.page.evaluate((name) => program.run(name as CaseId), id)).toBeUndefined();
  });

  it("leaves out only cases that there are", () => {
    expect(Object.keys(leftOut).filter((id) => !caseIds.includes(id as CaseId))).toEqual([]);
  });
});
