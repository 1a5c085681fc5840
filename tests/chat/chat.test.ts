import { expect, it, onTestFinished } from "vitest";
import { ChatTab } from "./support/chat-tab.js";
import { inChromium } from "./support/in-chromium.js";
import { Terminal } from "./support/terminal.js";

inChromium("people who chat", (given) => {
  /** A tab for one test. Uncaught errors of its page and violations of its policy fail the test. */
  async function tabOf(account: string, device?: string): Promise<ChatTab> {
    const tab = await ChatTab.open(given.browser, given.server.pageUrl, account, device);
    onTestFinished(async () => {
      await tab.close();
      expect(tab.errors).toEqual([]);
    });
    return tab;
  }

  async function terminalOf(account: string): Promise<Terminal> {
    const terminal = new Terminal(account, given.server.pageUrl);
    onTestFinished(async () => expect(await terminal.quits()).toBe(0));
    await terminal.sees(`online as ${account}`);
    return terminal;
  }

  it("two pages and a terminal talk with each other, and each message becomes read", async () => {
    const [alice, bob, carol] = [await tabOf("alice"), await tabOf("bob"), await terminalOf("carol")];
    await alice.opens("bob");
    await alice.sees(".conversation-presence", "Online");
    const markup = "<img src=x onerror=alert(1)> & <b>bold</b>";
    await alice.says(markup);
    await bob.unread("alice", 1);
    await alice.tick(markup, "received");
    await bob.opens("alice");
    await bob.unread("alice", 0);
    await alice.tick(markup, "read");
    expect(await bob.texts()).toEqual([markup]);

    await alice.opens("carol");
    await alice.says("Hello, terminal");
    await carol.sees("alice: Hello, terminal");
    carol.types("/to alice", "Hello, page");
    await alice.sees(".bubble-text", "Hello, page");
    await alice.tick("Hello, terminal", "received");
  });

  it("a group: what one says reaches all others, in pages and in the terminal", async () => {
    const [alice, bob, carol] = [await tabOf("alice"), await tabOf("bob"), await terminalOf("carol")];
    await alice.createsGroup("Chess", ["bob", "carol"]);
    await alice.sees(".conversation-presence", "3 members, 2 others online");
    await alice.says("Your move");
    await carol.sees("alice → Chess: Your move");
    carol.types("/to Chess", "Knight to f3");
    await bob.unread("Chess", 2);
    await bob.opens("Chess");
    await bob.says("Resigns");
    await alice.sees(".bubble-text", "Resigns");
    expect(await alice.texts()).toEqual(["Your move", "Knight to f3", "Resigns"]);
    expect(await bob.texts()).toEqual(["Your move", "Knight to f3", "Resigns"]);
  });

  it("a link invites to a group, in pages and in the terminal; its members can leave it", async () => {
    const [alice, dave, carol] = [await tabOf("alice"), await tabOf("dave"), await terminalOf("carol")];
    await alice.createsGroup("Hiking", ["bob"]);
    const link = await alice.copiesLink();
    await alice.says("before you came");
    await dave.follows(link);
    await dave.joinsGroup("Hiking");
    await dave.sees(".conversation-presence", "3 members");
    carol.types(`/join ${link}`);
    await carol.sees("you are a member of Hiking");
    carol.types("I am in");
    await dave.sees(".bubble-text", "I am in");
    expect(await dave.texts()).toEqual(["I am in"]);

    await dave.leavesGroup();
    carol.types("/leave");
    await carol.sees("you have left Hiking");
    await alice.says("only two are left");
    await alice.tick("only two are left", "stored");
    await dave.follows(link);
    await dave.joinsGroup("Hiking");
    await dave.sees(".bubble-text", "I am in");
    expect(await dave.texts()).toEqual(["I am in"]);
    expect(carol.lines.join("\n")).not.toContain("only two are left");
    await dave.follows(`${given.server.pageUrl}#group%3Anone`);
    await dave.sees(".nothing-title", "There is no such group");
  });

  it("a device that was away gets what was said, in order, and counts it as unread", async () => {
    const [alice, bob] = [await tabOf("alice"), await tabOf("bob", "bobs-laptop")];
    await bob.close();
    const texts = Array.from({ length: 60 }, (_, at) => `while you were away, ${at}`);
    await alice.opens("bob");
    (await terminalOf("alice")).types("/to bob", ...texts);
    await alice.tick(texts.at(-1)!, "stored");
    const back = await tabOf("bob", "bobs-laptop");
    await back.unread("alice", 60);
    await alice.tick(texts.at(-1)!, "received");
    await back.page.reload();
    await back.unread("alice", 60);
    await back.opens("alice");
    await back.sees(".separator-new", "New messages");
    await back.unread("alice", 0);
    expect((await back.texts()).slice(-60)).toEqual(texts);
    await alice.tick(texts.at(-1)!, "read");
  });

  it("scrolling up loads the history page by page", async () => {
    const [carol, dave] = [await terminalOf("carol"), await tabOf("dave", "daves-phone")];
    const texts = Array.from({ length: 100 }, (_, at) => `line ${at}`);
    carol.types("/to dave", ...texts);
    await dave.unread("carol", 100);
    const carolsPage = await tabOf("carol");
    await carolsPage.opens("dave");
    await carolsPage.tick("line 99", "received");
    await dave.opens("carol");
    await carolsPage.tick("line 99", "read");
    await dave.close();

    const again = await tabOf("dave", "daves-phone");
    await again.opens("carol");
    await again.sees(".bubble-text", "line 99");
    expect((await again.texts()).length).toBeLessThan(100);
    const log = await again.page.$(".log");
    for (let pages = 0; pages < 10 && (await again.texts()).length < 100; pages++) {
      const before = (await again.texts()).length;
      await log!.evaluate((node) => node.scrollTo(0, 0));
      await again.page.waitForFunction((count) => document.querySelectorAll(".bubble-text").length > count, {}, before);
      // What the reader looked at has not moved away.
      expect(await log!.evaluate((node) => node.scrollTop)).toBeGreaterThan(0);
    }
    expect(await again.texts()).toEqual(texts);
    await log!.evaluate((node) => node.scrollTo(0, 0));
    await again.sees(".log-top", "This is the beginning.");
  });

  it("two tabs are two devices of one account: each shows what the other sends and reads", async () => {
    const [first, second, bob] = [await tabOf("erin"), await tabOf("erin"), await tabOf("bob")];
    expect(await first.device()).not.toBe(await second.device());
    await bob.clicks('button[title="New conversation"]');
    await bob.page.locator("#talk-to").fill("erin");
    await bob.clicks("dialog[open] .primary");
    await bob.says("Which of you is there?");
    for (const tab of [first, second]) await tab.unread("bob", 1);
    await first.opens("bob");
    await second.unread("bob", 0);
    await first.says("Both.");
    await second.opens("bob");
    await second.sees(".bubble-text", "Both.");
    expect(await second.texts()).toEqual(["Which of you is there?", "Both."]);
    await second.tick("Both.", "read");
  });

  it("a second login on the same device displaces the first, which may come back", async () => {
    const first = await tabOf("alice", "one-device");
    const second = await tabOf("alice", "one-device");
    await first.sees(".connection", "This device has signed in elsewhere.");
    await first.clicks(".connection button");
    await second.sees(".connection", "This device has signed in elsewhere.");
    await first.sees(".me-state", "Online");
  });

  it("a refused message shows the reason, and can be discarded", async () => {
    const alice = await tabOf("alice");
    await alice.opens("dave");
    await alice.says("x".repeat(20_000));
    await alice.sees(".refusal", "Not sent: a message has at most 16384 bytes of text.");
    await alice.clicks("::-p-text(Discard)");
    await alice.page.waitForFunction(() => document.querySelector(".refusal") === null);
  });

  it("the keyboard is enough to choose a conversation, write and go back", async () => {
    const [alice, dave] = [await tabOf("alice"), await tabOf("dave")];
    const focused = () => alice.page.evaluate(() => document.activeElement?.textContent ?? "");
    for (let presses = 0; presses < 20 && !(await focused()).startsWith("Ddave"); presses++) {
      await alice.page.keyboard.press("Tab");
    }
    await alice.page.keyboard.press("Enter");
    await alice.sees(".conversation-title", "dave");
    await alice.page.keyboard.type("by keyboard");
    await alice.page.keyboard.press("Enter");
    await dave.unread("alice", 1);
    await alice.page.goBack();
    await alice.sees(".nothing-title", "Choose a conversation");
  });

  it("a screen reader finds the messages in a log, and a label for each field", async () => {
    const [alice, bob] = [await tabOf("alice"), await tabOf("bob")];
    await alice.opens("bob");
    await alice.says("read me aloud");
    await alice.page.locator("::-p-aria([role='textbox'][name='Message to bob'])").wait();
    await alice.page.locator("::-p-aria([role='log'][name='Messages with bob'])").wait();
    await bob.opens("alice");
    await alice.tick("read me aloud", "read");
    const spoken = await alice.page.$$eval(".row.own", (rows) => rows.at(-1)!.textContent);
    expect(spoken).toMatch(/^You: read me aloud.*Read$/);
  });

  it("the server is killed and comes back: what was written meanwhile arrives once, in order", async () => {
    const [alice, bob, carol] = [await tabOf("alice"), await tabOf("bob"), await terminalOf("carol")];
    await alice.opens("Everyone");
    await bob.opens("Everyone");
    await alice.says("before");
    await bob.sees(".bubble-text", "before");
    await carol.sees("alice → Everyone: before");

    await given.server.kill();
    for (const tab of [alice, bob]) await tab.sees(".connection", "You are offline");
    await alice.says("during, one");
    await alice.says("during, two");
    await alice.tick("during, two", "waiting");
    await alice.sees(".countdown", "Next attempt");
    carol.types("/to Everyone", "from the terminal");
    await given.server.startAgain();

    const all = ["during, one", "during, two", "from the terminal"];
    for (const text of all) for (const tab of [alice, bob]) await tab.sees(".bubble-text", text);
    for (const text of all.slice(0, 2)) await alice.tick(text, "stored");
    for (const text of all) await carol.sees(text);
    await alice.says("after");
    await bob.sees(".bubble-text", "after");
    const said = await bob.texts();
    expect(said.filter((text) => text.startsWith("during"))).toEqual(all.slice(0, 2));
    expect([said.length, said[0], said.at(-1)]).toEqual([5, "before", "after"]);
    expect(await alice.texts()).toEqual(said);
  });
});
