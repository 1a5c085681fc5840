import { type CaseId, caseIds } from "@im/transport-compliance";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ComplianceProgram } from "./page/compliance-page.js";
import { openBridge } from "./support/bridge.js";
import { inEachBrowser } from "./support/in-each-browser.js";

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
  "backpressure/unread-frames": "a page cannot hold a peer back",
  "backpressure/drained-at-the-end": "a page cannot hold a peer back",
  "backpressure/hard-limit": "a page cannot hold a peer back",
  "backpressure/broadcast-leaves-out": "a page cannot hold a peer back",
  "backpressure/write-wait": "a page cannot hold a peer back",
  "backpressure/a-slow-peer-stays": "a page cannot hold a peer back",
  "backpressure/write-deadline": "a page cannot hold a peer back",
  "overflow/drop-newest": "a page cannot hold a peer back",
  "overflow/drop-oldest": "a page cannot hold a peer back",
  "overflow/without-an-observer": "a page cannot hold a peer back",
  "overflow/control-frames-pass": "a page cannot hold a peer back",
  "queued-total/close": "a page cannot hold a peer back",
  "queued-total/drop-newest": "a page cannot hold a peer back",
  "queued-total/drop-oldest": "a page cannot hold a peer back",
  "queued-total/shared-once": "a page cannot hold a peer back",
  "received-total/fullest-is-closed": "a page cannot send Ping",
  "abort/drained": "a page cannot hold a peer back",
  "closing/frozen-peer": "a page cannot hold a peer back",
  "shutdown/lets-the-listener-finish": "a page cannot put two frames into one write",
  "shutdown/signal-cuts": "a page cannot hold a peer back",
  "leaks/nothing-left": "a page cannot count its sockets",
};

/** What one browser cannot do besides. */
const leftOutIn: Readonly<Record<string, Partial<Record<CaseId, string>>>> = {
  WebKitGTK: {
    "inbox/slow-listener-holds-back": "it does not tell how much waits to be sent",
    "received-total/stops-reading": "it does not tell how much waits to be sent",
  },
};

inEachBrowser("transport compliance: the browser entry", "compliance-page.ts", ({ name, openPageForAll }) => {
  const excused = { ...leftOut, ...leftOutIn[name] };
  let opened: Awaited<ReturnType<typeof openPageForAll>>;
  let bridge: Awaited<ReturnType<typeof openBridge>>;
  beforeAll(async () => {
    [opened, bridge] = await Promise.all([openPageForAll(), openBridge()]);
    await opened.page.evaluate((url) => program.openBridge(url), bridge.url);
  });
  afterAll(async () => {
    bridge?.close();
    await opened?.close();
  });

  it.each(caseIds.filter((id) => !(id in excused)))("%s", async (id) => {
    expect(await opened.page.evaluate((id) => program.run(id), id)).toBeUndefined();
  });

  it("leaves out only cases that there are", () => {
    expect(Object.keys(excused).filter((id) => !caseIds.includes(id as CaseId))).toEqual([]);
  });
});
