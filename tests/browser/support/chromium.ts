import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

const installed = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

const DOCUMENT = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/program.js"></script>';

/** Headless, and as Debian has it: nothing is downloaded. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = installed.find((path) => path && existsSync(path));
  if (!executablePath) {
    throw new Error("these tests need a browser: `apt-get install chromium`, or CHROMIUM_PATH=/path/to/chrome");
  }
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A program of `page/` as a browser gets it: from the built packages, by their export condition `browser`. */
export async function bundlePage(program: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../page/${program}`, import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    // The compliance suite is not built.
    conditions: program.startsWith("compliance") ? ["@im/source"] : [],
    write: false,
  });
  return outputFiles[0]!.text;
}

/** Opens a page that runs the program, until the end of the test; an error in it fails the test. */
export async function openPage(browser: Browser, script: string): Promise<Page> {
  const opened = await openPageFor(browser, script);
  onTestFinished(() => opened.close());
  return opened.page;
}

/** As `openPage`, for more than one test. */
export async function openPageFor(browser: Browser, script: string) {
  const server = createServer((request, response) => {
    const isScript = request.url === "/program.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : DOCUMENT);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = await browser.newPage();
  const errors: Error[] = [];
  page.on("pageerror", (error) => errors.push(error));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction("globalThis.isReady === true");
  return {
    page,
    async close(): Promise<void> {
      await page.close();
      server.close();
      if (errors.length > 0) throw new AggregateError(errors, `the page had errors: ${errors.join("; ")}`);
    },
  };
}
