import type { Browser, BrowserContext, Page } from "puppeteer-core";

/** Text that must appear, or have gone, within this time. */
const DEADLINE_MS = 20_000;

/** One tab of the chat, driven as its user would: by names, fields and keys. */
export class ChatTab {
  readonly page: Page;
  readonly #context: BrowserContext;
  /** Uncaught errors of the page, and what its policy has blocked. */
  readonly errors: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      const isPolicy = message.text().includes("Content Security Policy");
      if (isPolicy) this.errors.push(message.text());
    });
  }

  /** Opens the chat in a context of its own, which shares nothing with others. */
  static async open(browser: Browser, pageUrl: string, account: string, device?: string): Promise<ChatTab> {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    const tab = new ChatTab(context, page);
    if (device) await page.evaluateOnNewDocument((id) => sessionStorage.setItem("device", id), device);
    await page.goto(`${pageUrl}?as=${account}`);
    await tab.sees(".me-state", "Online");
    return tab;
  }

  /** The device that this tab is to the server. */
  device(): Promise<string> {
    return this.page.evaluate(() => sessionStorage.getItem("device")!);
  }

  /**
   * Clicks on the middle of an element, once nothing covers it.
   * In one step, since the list moves its buttons whenever a conversation comes in.
   */
  async clicks(selector: string): Promise<void> {
    const node = await this.page.locator(selector).setTimeout(DEADLINE_MS).waitHandle();
    const isClicked = (element: Element) => {
      element.scrollIntoView({ block: "nearest" });
      const { left, top, width, height } = element.getBoundingClientRect();
      const atMiddle = document.elementFromPoint(left + width / 2, top + height / 2);
      const isReachable = element.contains(atMiddle) && !(element as HTMLButtonElement).disabled;
      if (isReachable) (element as HTMLElement).click();
      return isReachable;
    };
    await this.page.waitForFunction(isClicked, { timeout: DEADLINE_MS, polling: 50 }, node).catch(() => {
      throw new Error(`${selector} could not be clicked within ${DEADLINE_MS} ms`);
    });
  }

  /** Opens the conversation of this name in the list. */
  async opens(name: string): Promise<void> {
    await this.clicks(`::-p-xpath(//nav//button[.//*[@class="entry-name" and text()="${name}"]])`);
    await this.sees(".conversation-title", name);
  }

  async createsGroup(name: string, members: readonly string[]): Promise<void> {
    await this.clicks('button[title="New group"]');
    await this.page.locator("#group-name").fill(name);
    for (const member of members) await this.clicks(`dialog[open] input[value="${member}"]`);
    await this.clicks("dialog[open] .primary");
    await this.sees(".conversation-title", name);
  }

  /** @returns the link that invites to the open group */
  async copiesLink(): Promise<string> {
    await this.#context.overridePermissions(new URL(this.page.url()).origin, [
      "clipboard-read",
      "clipboard-sanitized-write",
    ]);
    await this.page.bringToFront();
    await this.clicks('button[title="Copy invitation link"]');
    await this.sees(".copied", "Link copied");
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Accepts the invitation that it sees. */
  async joinsGroup(name: string): Promise<void> {
    await this.sees(".nothing-title", name);
    await this.clicks("::-p-xpath(//button[text()='Join'])");
    await this.sees(".conversation-title", name);
  }

  async leavesGroup(): Promise<void> {
    await this.clicks('button[title="Leave group"]');
    await this.clicks("dialog[open] .primary");
    await this.sees(".nothing-title", "Choose a conversation");
  }

  /** Opens a link of the chat in this tab, as the same account. */
  async follows(link: string): Promise<void> {
    await this.page.evaluate((hash) => {
      location.hash = hash;
    }, new URL(link).hash);
  }

  async says(text: string): Promise<void> {
    await this.page.locator("textarea").fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** Resolves when an element that matches has this text in it. */
  async sees(selector: string, text: string): Promise<void> {
    const isThere = (wanted: string, among: string) =>
      [...document.querySelectorAll(among)].some((one) => one.textContent?.includes(wanted));
    await this.page.waitForFunction(isThere, { timeout: DEADLINE_MS, polling: 50 }, text, selector).catch(() => {
      throw new Error(`"${text}" did not appear in ${selector} within ${DEADLINE_MS} ms`);
    });
  }

  /** The texts of all messages in the log, in their order. */
  texts(): Promise<string[]> {
    return this.page.$$eval(".bubble-text", (all) => all.map((one) => one.textContent ?? ""));
  }

  /** Resolves when the own message with this text has come that far. */
  async tick(text: string, reached: string): Promise<void> {
    const has = (wanted: string, name: string) =>
      [...document.querySelectorAll(".row.own")].some(
        (row) =>
          row.querySelector(".bubble-text")?.textContent === wanted &&
          row.querySelector<HTMLElement>(".tick")?.dataset.tick === name,
      );
    await this.page.waitForFunction(has, { timeout: DEADLINE_MS, polling: 50 }, text, reached).catch(() => {
      throw new Error(`"${text}" did not become ${reached} within ${DEADLINE_MS} ms`);
    });
  }

  /** How many messages of a conversation are unread, as the list says; resolves when it is that many. */
  async unread(name: string, count: number): Promise<void> {
    const has = (wanted: string, expected: number) => {
      const entries = [...document.querySelectorAll(".entry")];
      const entry = entries.find((one) => one.querySelector(".entry-name")?.textContent === wanted);
      const badge = entry?.querySelector<HTMLElement>(".badge");
      return expected === 0
        ? badge?.hidden === true
        : badge?.hidden === false && Number.parseInt(badge.textContent!, 10) === expected;
    };
    await this.page.waitForFunction(has, { timeout: DEADLINE_MS, polling: 50 }, name, count).catch(() => {
      throw new Error(`${name} did not have ${count} unread within ${DEADLINE_MS} ms`);
    });
  }

  async close(): Promise<void> {
    if (!this.page.isClosed()) await this.#context.close();
  }
}
