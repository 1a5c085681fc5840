import { existsSync } from "node:fs";
import type { BrowserKind } from "./browser.js";
import { launchByPuppeteer } from "./puppeteer.js";

const paths = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = paths.find((path) => path && existsSync(path));

/** With these a driver lets tabs in the background do what no user's can. */
const favours = [
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
];

export const chromium: BrowserKind = {
  name: "Chromium",
  packages: ["chromium"],
  isInstalled: executablePath !== undefined,
  launch: () => launchByPuppeteer(chromiumOptions()),
};

/** How it is started, for tests that drive it themselves. */
export function chromiumOptions() {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-component-update"];
  return { executablePath: executablePath!, args, ignoreDefaultArgs: favours };
}
