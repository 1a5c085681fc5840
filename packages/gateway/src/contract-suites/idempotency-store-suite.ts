import { Status } from "@im/wire";
import type { IdempotencyClaim, IdempotencyStore } from "../ports/idempotency-store.js";
import { expectSame, soon } from "./expectations.js";
import { strangeTexts } from "./strange-texts.js";
import { type Case, type CreateFixture, describeCases, type TestRunner } from "./test-runner.js";

const LIFETIME_MS = 5_000;
let runs = 0;

/** A claim of its own for each run. */
const key = (name: string, account = "alice", command = "chat.user.talk"): IdempotencyClaim => ({
  account,
  command,
  key: name,
  claimId: `run ${++runs}`,
  lifetimeMs: LIFETIME_MS,
});
const answer = (byte: number) => ({ status: Status.Success, body: Uint8Array.of(byte) });

/** What a claim gives, which does not wait. */
const claimed = async (store: IdempotencyStore, one: IdempotencyClaim) =>
  soon(store.claim(one), `an answer to the claim of ${JSON.stringify(one)}`);

function suiteOf(windowMs: number): Readonly<Record<string, Case<IdempotencyStore>>> {
  return {
    "gives the claim to the first caller, and the first answer to all others": async (store) => {
      const first = key("k");
      expectSame(await claimed(store, first), undefined, "the first claim");
      await store.record(first, answer(1));
      for (let round = 0; round < 3; round++) expectSame(await claimed(store, key("k")), answer(1), "a repetition");
    },

    "says that a key is taken while another claim lives, and gives the same claim again": async (store) => {
      const first = key("k");
      await claimed(store, first);
      expectSame(await claimed(store, key("k")), "taken", "what another gets");
      expectSame(await claimed(store, first), undefined, "what the first gets again");
    },

    "frees a claim when its lifetime is over": async (store, elapse) => {
      await claimed(store, key("k"));
      await elapse(LIFETIME_MS + 200);
      expectSame(await claimed(store, key("k")), undefined, "the next claim");
      expectSame(await claimed(store, key("k")), "taken", "the one after it");
    },

    "keeps a claim when the one before it is released late": async (store, elapse) => {
      const late = key("k");
      await claimed(store, late);
      await elapse(LIFETIME_MS + 200);
      await claimed(store, key("k"));
      await store.release(late);
      expectSame(await claimed(store, key("k")), "taken", "what a third gets");
    },

    "keeps the first answer that is recorded, also a late one": async (store, elapse) => {
      const [late, second] = [key("k"), key("k")];
      await claimed(store, late);
      await elapse(LIFETIME_MS + 200);
      await claimed(store, second);
      await store.record(late, answer(1));
      expectSame(await claimed(store, key("k")), answer(1), "the answer");
      await store.record(second, answer(2));
      await store.record(late, answer(3));
      expectSame(await claimed(store, key("k")), answer(1), "the answer, later");
    },

    "frees a released key": async (store) => {
      const first = key("k");
      await claimed(store, first);
      await store.release(first);
      expectSame(await claimed(store, key("k")), undefined, "the next claim");
    },

    "keeps a copy: what happens to the bytes later does not matter": async (store) => {
      const [first, given] = [key("k"), answer(1)];
      await claimed(store, first);
      await store.record(first, given);
      given.body[0] = 9;
      expectSame(await claimed(store, key("k")), answer(1), "the answer");
    },

    "keeps accounts, commands and keys apart, whatever text they are": async (store) => {
      const keys = strangeTexts.flatMap((text) => [key(text), key("k", text), key("k", "alice", text)]);
      const distinct = new Map(keys.map((one) => [JSON.stringify([one.account, one.command, one.key]), one]));
      for (const one of distinct.values()) expectSame(await claimed(store, one), undefined, JSON.stringify(one));
      // Where two parts meet, they must not flow into each other.
      for (const one of [key("bc", "a", ""), key("c", "a", "b"), key("", "ab", "c")]) {
        expectSame(await claimed(store, one), undefined, JSON.stringify(one));
      }
    },

    "forgets an answer when its window is over": async (store, elapse) => {
      const first = key("k");
      await claimed(store, first);
      await store.record(first, answer(1));
      await elapse(windowMs + 200);
      expectSame(await claimed(store, key("k")), undefined, "a claim after the window");
    },
  };
}

/**
 * Defines one test for each rule of `IdempotencyStore`.
 *
 * @param windowMs how long the stores of the fixtures remember; more than five seconds
 */
export function describeIdempotencyStore(
  runner: TestRunner,
  name: string,
  windowMs: number,
  create: CreateFixture<IdempotencyStore>,
): void {
  describeCases(runner, `IdempotencyStore: ${name}`, suiteOf(windowMs), create);
}
