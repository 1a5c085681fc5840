import { globalsOf } from "../kernel/process-globals.js";
import type { Page } from "./page.js";

/** The globals of a page: those of a process, without Node's, and with a window's. */
export function pageGlobalsOf({ process, window, document }: Page, WebSocket: unknown) {
  const { setImmediate: _, clearImmediate: __, process: ___, ...shared } = globalsOf(process, Number.POSITIVE_INFINITY);
  const { addEventListener, removeEventListener } = window;
  return { ...shared, WebSocket, document, addEventListener, removeEventListener };
}
