import { expect, it } from "vitest";
import type { Program } from "./page/im-client-page.js";
import { startGateway } from "./support/gateway.js";
import { connect, reached, states } from "./support/im-client.js";
import { inEachBrowser } from "./support/in-each-browser.js";

declare const program: Program;
declare const location: { readonly href: string };

inEachBrowser("the client in a page that is left", "im-client-page.ts", ({ name, openPage }) => {
  it("closes in order, so that its account is offline, and is back at once when the page is shown again", async () => {
    const { gateway, port } = await startGateway();
    const page = await openPage();
    // No wait of its own would end during the test.
    await connect(page, port, { reconnect: { baseMs: 600_000, capMs: 600_000 } });
    const isOnline = async () => (await gateway.presence.online(["alice"])).has("alice");
    const url = await page.evaluate(() => location.href);
    await page.goTo(new URL("/elsewhere", url).href);
    await expect.poll(isOnline, { timeout: 5_000 }).toBe(false);
    await page.goBack();
    // Firefox under its driver loads the page anew.
    const isKept = name !== "Firefox";
    expect(await page.evaluate(() => program.statuses.length > 0)).toBe(isKept);
    if (!isKept) return;
    await reached(page, "online");
    expect(await states(page)).toEqual(["connecting", "online", "offline", "connecting", "online"]);
    expect(await isOnline()).toBe(true);
  });
});
