import { expect } from "vitest";
import type { Page } from "../browsers/browser.js";
import type { Program } from "../page/im-client-page.js";

declare const program: Program;

/** Signs in as alice. */
export async function connect(page: Page, port: number, options: object = {}, dialerOptions: object = {}) {
  const address = `ws://127.0.0.1:${port}`;
  const account = page.evaluate((...all) => program.connect(...all), address, options, dialerOptions);
  expect(await account).toBe("alice");
}

export const reached = (page: Page, state: string) => page.evaluate((s) => program.reached(s as "online"), state);

export const states = (page: Page) => page.evaluate(() => program.statuses.map(({ state }) => state));

/** For what may be over before the page can be asked. */
export async function timesOnline(page: Page, count: number): Promise<void> {
  const isOnline = (state: string) => state === "online";
  await expect.poll(async () => (await states(page)).filter(isOnline).length, { timeout: 30_000 }).toBe(count);
}
