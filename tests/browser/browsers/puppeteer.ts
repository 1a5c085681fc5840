import puppeteer, { type LaunchOptions, type Page as PuppeteerPage } from "puppeteer-core";
import type { Browser, Page } from "./browser.js";

/** A browser that puppeteer drives. */
export async function launchByPuppeteer(options: LaunchOptions): Promise<Browser> {
  const browser = await puppeteer.launch({ ...options, headless: true, acceptInsecureCerts: true });
  return {
    async open(url) {
      const page = await browser.newPage();
      await page.goto(url);
      return driven(page);
    },
    close: () => browser.close(),
  };
}

function driven(page: PuppeteerPage): Page {
  return {
    evaluate: (call, ...given) => page.evaluate(call as (...given: unknown[]) => unknown, ...given) as never,
    goTo: async (url) => void (await page.goto(url)),
    goBack: async () => void (await page.goBack()),
    hide: async () => (await page.browser().newPage()).bringToFront(),
    async blinkNetwork() {
      await page.setOfflineMode(true);
      await page.setOfflineMode(false);
    },
    close: () => page.close(),
  };
}
