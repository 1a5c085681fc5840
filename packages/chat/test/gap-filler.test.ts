import type { Session } from "@im/gateway";
import { expect, it } from "vitest";
import type { ChatSettings } from "../src/chat-options.js";
import { CatchingUp } from "../src/delivery/catching-up.js";
import { GapFiller } from "../src/delivery/gap-filler.js";

/** Fills gaps from a store that answers when `answer` is called. */
function fillerOf(sessionCount: number) {
  const asked: string[] = [];
  const held: (() => void)[] = [];
  const errors: unknown[] = [];
  const store = {
    index: (account: string) => {
      asked.push(account);
      return new Promise<[]>((resolve) => held.push(() => resolve([])));
    },
    contents: () => [],
  };
  const settings = { gateway: {}, store, report: (error: unknown) => errors.push(error) } as unknown as ChatSettings;
  const catchingUp = new CatchingUp();
  const sessions = Array.from({ length: sessionCount }, (_, n) => ({ account: `user-${n}` }) as Session);
  for (const session of sessions) catchingUp.gave(session, 1n, true);
  const answer = async () => {
    held.shift()!();
    await new Promise(setImmediate);
  };
  return { filler: new GapFiller(settings, catchingUp), catchingUp, sessions, asked, held, errors, answer };
}

const NEW = 1n << 62n;

it("asks the store for a few sessions at a time, and for all in the end", async () => {
  const { filler, sessions, asked, held, answer } = fillerOf(20);
  filler.fill({ sessions, lastMs: 0 });
  expect(asked).toHaveLength(8);
  while (held.length > 0) await answer();
  expect(asked).toEqual(sessions.map(({ account }) => account));
});

it("a session that waits for one gap to be filled waits once, whatever gaps follow", async () => {
  const { filler, sessions, asked, held, answer } = fillerOf(20);
  for (let gap = 0; gap < 5; gap++) filler.fill({ sessions, lastMs: 0 });
  while (held.length > 0) await answer();
  expect(asked.filter((account) => account === "user-19")).toHaveLength(1);
});

it("a session acknowledges nothing of the gap before all of it is pushed, also if another gap follows", async () => {
  const { filler, catchingUp, sessions, errors, answer } = fillerOf(1);
  const [session] = sessions as [Session];
  expect(catchingUp.reached(session, NEW)).toBe(NEW);
  filler.fill({ sessions, lastMs: 0 });
  filler.fill({ sessions, lastMs: 0 });
  expect(catchingUp.reached(session, NEW)).toBeLessThan(NEW);
  await answer();
  expect(catchingUp.reached(session, NEW)).toBeLessThan(NEW);
  await answer();
  expect(catchingUp.reached(session, NEW)).toBe(NEW);
  expect(errors).toEqual([]);
});

it("a session acknowledges nothing of a push that was given up meanwhile, though the gap is filled", async () => {
  const { filler, catchingUp, sessions, answer } = fillerOf(1);
  const [session] = sessions as [Session];
  filler.fill({ sessions, lastMs: 0 });
  catchingUp.missed(sessions, new Set([session.account]), NEW);
  await answer();
  expect(catchingUp.reached(session, NEW)).toBeLessThan(NEW);
});

it("asks for nothing more once it has stopped", async () => {
  const { filler, sessions, asked, held, answer } = fillerOf(20);
  filler.fill({ sessions, lastMs: 0 });
  filler.stop();
  while (held.length > 0) await answer();
  expect(asked).toHaveLength(8);
});
