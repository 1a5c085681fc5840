import { expect, it } from "vitest";
import type { Page } from "./browsers/browser.js";
import type { Program } from "./page/im-client-page.js";
import { startGateway } from "./support/gateway.js";
import { connect } from "./support/im-client.js";
import { inEachBrowser } from "./support/in-each-browser.js";

declare const program: Program;

const KiB = 1024;

/** Browsers run the timers of a page that nobody sees once a second or more rarely. */
inEachBrowser("the client in a hidden page", "im-client-page.ts", ({ openPage }) => {
  async function hidden(): Promise<Page> {
    const { port } = await startGateway();
    const page = await openPage();
    await connect(page, port);
    await page.hide();
    await expect.poll(() => page.evaluate(() => program.isHidden()), { timeout: 10_000 }).toBe(true);
    return page;
  }

  it("has many large requests answered", async () => {
    const page = await hidden();
    expect(await page.evaluate((characters) => program.flood(24, characters), 1_023 * KiB)).toEqual([]);
  });

  it("has large requests answered one after the other, none of which waits for a timer", async () => {
    const page = await hidden();
    const beganMs = performance.now();
    expect(await page.evaluate((characters) => program.askInTurn(10, characters), 200 * KiB)).toEqual([]);
    expect(performance.now() - beganMs).toBeLessThan(6_000);
  });
});
