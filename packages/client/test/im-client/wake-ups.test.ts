import { expect, it } from "vitest";
import { onWakeUp } from "../../src/im-client/wake-ups.js";

/** As a browser's window and its document. */
class Page extends EventTarget {
  readonly document = Object.assign(new EventTarget(), { visibilityState: "visible" });
}

function watch() {
  const page = new Page();
  const calls = { count: 0 };
  const stop = onWakeUp(() => void calls.count++, page);
  return { page, calls, stop };
}

it.each(["online", "pageshow"])("a page's %s calls back", (type) => {
  const { page, calls } = watch();
  page.dispatchEvent(new Event(type));
  expect(calls.count).toBe(1);
});

it("a page that becomes visible calls back, and one that is hidden does not", () => {
  const { page, calls } = watch();
  page.document.dispatchEvent(new Event("visibilitychange"));
  page.document.visibilityState = "hidden";
  page.document.dispatchEvent(new Event("visibilitychange"));
  expect(calls.count).toBe(1);
});

it("nothing does, once it is ended", () => {
  const { page, calls, stop } = watch();
  stop();
  for (const type of ["online", "pageshow"]) page.dispatchEvent(new Event(type));
  page.document.dispatchEvent(new Event("visibilitychange"));
  expect(calls.count).toBe(0);
});

it("Node, which has no such events, is left alone", () => {
  expect(() => onWakeUp(() => {}, {})()).not.toThrow();
});
