import puppeteer, { type Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe } from "vitest";
import { chromium, chromiumOptions } from "../../browser/browsers/chromium.js";
import { ChatServer } from "./chat-server.js";

export interface InChromium {
  readonly browser: Browser;
  readonly server: ChatServer;
}

/** Runs tests with one server and one browser for all of them, if Chromium is installed. */
export function inChromium(what: string, tests: (given: InChromium) => void): void {
  describe.skipIf(!chromium.isInstalled)(what, () => {
    let browser: Browser;
    let server: ChatServer;
    beforeAll(async () => {
      [browser, server] = await Promise.all([puppeteer.launch(chromiumOptions()), ChatServer.start()]);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    });
    tests({
      get browser() {
        return browser;
      },
      get server() {
        return server;
      },
    });
  });
}
