import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { expect, it } from "vitest";
import { root } from "../support/program.js";
import type { ChatTab } from "./support/chat-tab.js";
import { inChromium } from "./support/in-chromium.js";
import { talkOfFriends } from "./support/talk-of-friends.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The states that README.md shows; `pnpm screenshots` keeps pictures of them. */
const shown = new Set(["wide-light", "wide-dark", "narrow-light"]);
const folder = process.env.SCREENSHOTS && join(root, process.env.SCREENSHOTS);
if (folder) mkdirSync(folder, { recursive: true });

const wide = { width: 1_180, height: 760 };
const narrow = { width: 390, height: 760, isMobile: true, hasTouch: true };

/** Only colours differ between the schemes. */
const optionsFor = { light: {}, dark: { runOnly: ["color-contrast"] } } as const;

/** What axe-core finds, each rule with the elements that break it. */
async function violations({ page }: ChatTab, scheme: "light" | "dark"): Promise<readonly string[]> {
  // The debugger may run scripts that the policy of the page forbids.
  if (await page.evaluate(() => !("axe" in globalThis))) await page.evaluate(axe);
  const { violations: found } = await page.evaluate(
    (options) => (globalThis as never as { axe: { run(options: object): Promise<AxeResults> } }).axe.run(options),
    optionsFor[scheme],
  );
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

async function keep(tab: ChatTab, name: string): Promise<void> {
  if (!folder || !shown.has(name)) return;
  await tab.page.mouse.move(0, 0);
  await tab.page.screenshot({ path: join(folder, `chat-${name}.png`) as `${string}.png` });
}

async function prefer(tab: ChatTab, scheme: "light" | "dark"): Promise<void> {
  await tab.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
}

inChromium("the page", (given) => {
  it("has no violation that axe-core finds, in any state, light, dark and narrow", async () => {
    const { browser, server } = given;
    const alice = await talkOfFriends(browser, server.pageUrl);
    const found: Record<string, readonly string[]> = {};
    const look = async (name: string) => {
      for (const scheme of ["light", "dark"] as const) {
        await prefer(alice, scheme);
        found[`${name}, ${scheme}`] = await violations(alice, scheme);
        await keep(alice, `${name}-${scheme}`);
      }
    };

    await alice.page.setViewport({ ...wide, deviceScaleFactor: 2 });
    await look("wide");
    await alice.opens("Weekend");
    await look("group");
    await alice.clicks('button[title="New group"]');
    await look("dialog");
    await alice.page.keyboard.press("Escape");
    // A page that becomes one of a phone is loaded again.
    await alice.page.setViewport({ ...narrow, deviceScaleFactor: 2 });
    await alice.sees(".bubble-text", "cards");
    await look("narrow");
    await alice.clicks(".back");
    await look("narrow-list");

    await alice.page.setViewport({ ...wide, deviceScaleFactor: 2 });
    await alice.sees(".me-state", "Online");
    await look("nothing-open");
    await alice.opens("dave");
    await alice.sees(".log-top", "You and dave have not talked yet");
    await look("nothing-said");
    await alice.opens("Weekend");
    const link = await alice.copiesLink();
    await alice.leavesGroup();
    await alice.follows(link);
    await alice.sees(".nothing-title", "Weekend");
    await look("invitation");
    await server.kill();
    await alice.sees(".connection", "You are offline");
    await alice.opens("bob");
    await alice.says("Are you still there?");
    await alice.sees(".countdown", "Next attempt");
    await look("offline");
    await server.startAgain();
    await alice.tick("Are you still there?", "received");
    await alice.page.evaluate(() => sessionStorage.clear());
    await alice.page.goto(server.pageUrl);
    await alice.sees("h1", "Who are you?");
    await look("login");

    expect(Object.entries(found).filter(([, list]) => list.length > 0)).toEqual([]);
    expect(alice.errors).toEqual([]);
  });
});
