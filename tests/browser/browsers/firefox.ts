import { existsSync } from "node:fs";
import type { BrowserKind } from "./browser.js";
import { launchByPuppeteer } from "./puppeteer.js";

const paths = [process.env.FIREFOX_PATH, "/usr/bin/firefox-esr", "/usr/bin/firefox"];
const executablePath = paths.find((path) => path && existsSync(path));

export const firefox: BrowserKind = {
  name: "Firefox",
  packages: ["firefox-esr"],
  isInstalled: executablePath !== undefined,
  launch: () => launchByPuppeteer({ browser: "firefox", executablePath: executablePath! }),
};
