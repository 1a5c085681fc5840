import { afterAll, beforeAll, describe, onTestFinished } from "vitest";
import type { Browser, BrowserKind, Page } from "../browsers/browser.js";
import { browserKinds } from "../browsers/index.js";
import { bundlePage } from "./bundle-page.js";
import { type PageOptions, servePage } from "./page-server.js";

export interface InBrowser {
  readonly name: string;
  /** Opens a page that runs the program, until the end of the test; an error in it fails the test. */
  openPage(options?: PageOptions): Promise<Page>;
  /** The same for all tests. */
  openPageForAll(): Promise<{ readonly page: Page; close(): Promise<void> }>;
}

/** Runs these tests in each browser that is installed, or in each of these, with one of the programs of `page/`. */
export function inEachBrowser(
  what: string,
  program: string,
  tests: (inBrowser: InBrowser) => void,
  kinds: readonly BrowserKind[] = browserKinds,
): void {
  for (const { name, isInstalled, launch } of kinds) {
    describe.skipIf(!isInstalled)(`${what}, in ${name}`, () => {
      let browser: Browser;
      let script: string;
      beforeAll(async () => {
        [browser, script] = await Promise.all([launch(), bundlePage(program)]);
      });
      afterAll(() => browser?.close());
      const open = (options: PageOptions) => openPage(browser, script, options);
      tests({
        name,
        async openPage(options = {}) {
          const { page, close } = await open(options);
          onTestFinished(close);
          return page;
        },
        openPageForAll: () => open({}),
      });
    });
  }
}

interface ProgramGlobals {
  readonly isReady?: boolean;
  readonly pageErrors?: readonly string[];
}

async function openPage(browser: Browser, script: string, options: PageOptions) {
  const server = await servePage(script, options);
  const page = await browser.open(server.url);
  const check = async () => {
    const errors = await page.evaluate(() => (globalThis as ProgramGlobals).pageErrors ?? []);
    if (errors.length > 0) throw new Error(`the page had errors: ${errors.join("; ")}`);
  };
  if (!(await page.evaluate(() => (globalThis as ProgramGlobals).isReady))) {
    await check();
    throw new Error(`the program does not run at ${server.url}`);
  }
  return {
    page,
    async close(): Promise<void> {
      await check().finally(() => page.close());
      server.close();
    },
  };
}
