import type { Browser } from "puppeteer-core";
import { ChatTab } from "./chat-tab.js";

/** Three friends talk, so that the page has content. @returns the tab of Alice, with her conversation with Bob open */
export async function talkOfFriends(browser: Browser, pageUrl: string): Promise<ChatTab> {
  const open = (account: string) => ChatTab.open(browser, pageUrl, account);
  const [alice, bob, carol] = await Promise.all([open("alice"), open("bob"), open("carol")]);

  await carol.opens("alice");
  await carol.says("The tickets are in your inbox.");
  await alice.sees(".entry-preview", "The tickets");

  await alice.createsGroup("Weekend", ["bob", "carol"]);
  await alice.says("Hut or tent this time?");
  for (const other of [bob, carol]) await other.sees(".entry-name", "Weekend");
  await bob.opens("Weekend");
  await bob.says("Hut. My tent still smells of last year.");
  await bob.says("There is one with four beds above the lake, free until Sunday evening.");
  await alice.sees(".bubble-text", "four beds");
  await carol.opens("Weekend");
  await carol.says("Hut. I bring the coffee.");
  await alice.sees(".bubble-text", "coffee");

  await alice.opens("bob");
  await bob.opens("alice");
  await bob.says("Hi Alice, are you on the early train tomorrow?");
  await alice.sees(".bubble-text", "early train");
  await alice.says("Yes, 7:42 from platform 3.");
  await alice.says("I keep you a seat, if you promise not to sing.");
  await bob.sees(".bubble-text", "not to sing");
  await bob.says("No promises.");
  await bob.says("But I bring croissants, and the good jam that your sister made last summer.");
  await alice.sees(".bubble-text", "croissants");
  await alice.says("Then sing as much as you like.");
  await alice.tick("Then sing as much as you like.", "read");
  // Bob opens another conversation: the next messages are received and not read.
  await bob.opens("dave");
  await alice.says("See you at the bakery at 7:15?");
  await alice.tick("See you at the bakery at 7:15?", "received");
  await carol.says("And who brings the cards?");
  await alice.unread("Weekend", 1);
  return alice;
}
