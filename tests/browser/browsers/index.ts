import type { BrowserKind } from "./browser.js";
import { chromium } from "./chromium.js";
import { firefox } from "./firefox.js";
import { webkit } from "./webkit.js";

export const browserKinds: readonly BrowserKind[] = [chromium, firefox, webkit];
