import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { codeBlocksOf } from "../support/code-blocks.js";
import { LocalRegistry } from "../support/local-registry.js";
import { Program, root } from "../support/program.js";
import { Project } from "../support/project.js";
import type { Browser, Page } from "./browsers/browser.js";
import { chromium } from "./browsers/chromium.js";
import { bundlers } from "./support/bundlers.js";

/** What the functions below use of a page. */
declare const document: {
  querySelectorAll(selectors: string): Iterable<{ readonly textContent: string }>;
  querySelector(selectors: string): { value: string; requestSubmit(): void };
};

const source = "docs/pages.md";
const blockIn = (language: string) => codeBlocksOf(source).find((block) => block.language === language)!.code;
const html = blockIn("html");
const script = /<script type="module">\n(.*)<\/script>/s;

describe.skipIf(!chromium.isInstalled)("the page of docs/pages.md, in Chromium", () => {
  let project: Project;
  let browser: Browser;

  beforeAll(async () => {
    const registry = await LocalRegistry.start();
    project = new Project(registry.url);
    const [, packages] = /^npm install (.*)$/m.exec(readFileSync(join(root, source), "utf8"))!;
    await project.install("npm", packages!.split(" "));
    registry.close();
    project.write("server.mjs", blockIn("js"));
    project.write("page.mjs", script.exec(html)![1]!);
    browser = await chromium.launch();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    project.remove();
  });

  async function expectToTalk(page: string): Promise<void> {
    project.write("page.html", page);
    process.env.PORT = "0";
    const server = new Program(join(project.folder, "server.mjs"), [], project.folder);
    onTestFinished(() => void server.process.kill());
    const url = `http://localhost:${(await server.line("listening on port")).split(" ").at(-1)}/`;
    const [alice, bob] = [await browser.open(`${url}?as=alice`), await browser.open(`${url}?as=bob`)];
    onTestFinished(async () => void (await Promise.all([alice.close(), bob.close()])));
    for (const page of [alice, bob]) await expect.poll(() => linesOf(page), { timeout: 30_000 }).toContain("online");
    await say(alice, "bob", "hello");
    await expect.poll(() => linesOf(bob), { timeout: 30_000 }).toContain("alice: hello");
    await expect.poll(() => linesOf(alice), { timeout: 30_000 }).toContain("alice: hello");
  }

  it("works without a bundler, by its import map", () => expectToTalk(html));

  it.each(Object.keys(bundlers))("works when %s bundles it", async (name) => {
    const code = await bundlers[name]!(project.folder);
    expect(code).not.toMatch(/from ?"@im\//);
    const bundled = html.replace(/<script type="importmap">.*?<\/script>/s, "");
    await expectToTalk(bundled.replace(script, () => `<script type="module">\n${code}</script>`));
  });
});

function linesOf(page: Page): Promise<string[]> {
  return page.evaluate(() => [...document.querySelectorAll("li")].map(({ textContent }) => textContent));
}

function say(page: Page, dest: string, body: string): Promise<void> {
  return page.evaluate(
    (dest, body) => {
      document.querySelector("[name=dest]").value = dest;
      document.querySelector("[name=body]").value = body;
      document.querySelector("form").requestSubmit();
    },
    dest,
    body,
  );
}
