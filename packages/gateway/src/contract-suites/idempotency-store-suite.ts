import { Status } from "@im/wire";
import type { IdempotencyKey, IdempotencyStore } from "../ports/idempotency-store.js";
import { expectSame, soon } from "./expectations.js";
import { strangeTexts } from "./strange-texts.js";
import { type Case, type CreateFixture, describeCases, type TestRunner } from "./test-runner.js";

const key = (name: string, account = "alice", command = "chat.user.talk"): IdempotencyKey => ({
  account,
  command,
  key: name,
});
const answer = (byte: number) => ({ status: Status.Success, body: Uint8Array.of(byte) });

/** What a claim gives; one that must be answered already does not wait. */
const claimed = async (store: IdempotencyStore, one: IdempotencyKey) =>
  soon(store.claim(one), `an answer to the claim of ${JSON.stringify(one)}`);

function suiteOf(windowMs: number): Readonly<Record<string, Case<IdempotencyStore>>> {
  return {
    "gives the claim to the first, and the first answer to all others": async (store) => {
      expectSame(await claimed(store, key("k")), undefined, "the first claim");
      await store.record(key("k"), answer(1));
      for (let round = 0; round < 3; round++) expectSame(await claimed(store, key("k")), answer(1), "a repetition");
    },

    "lets repetitions wait while the first runs": async (store) => {
      await claimed(store, key("k"));
      const waiting = [store.claim(key("k")), store.claim(key("k"))];
      await store.record(key("k"), answer(1));
      expectSame(await soon(Promise.all(waiting), "the answer"), [answer(1), answer(1)], "what they got");
    },

    "gives a released claim to one of those who wait, then to the next": async (store) => {
      await claimed(store, key("k"));
      const waiting = [store.claim(key("k")), store.claim(key("k"))];
      await store.release(key("k"));
      const first = await soon(Promise.race(waiting), "the claim");
      expectSame(first, undefined, "what the first got");
      await store.record(key("k"), answer(2));
      const got = await soon(Promise.all(waiting), "the answer");
      expectSame(got.filter((one) => one === undefined).length, 1, "how many had the claim");
      expectSame(
        got.find((one) => one !== undefined),
        answer(2),
        "what the other got",
      );
    },

    "has a released key free again": async (store) => {
      await claimed(store, key("k"));
      await store.release(key("k"));
      expectSame(await claimed(store, key("k")), undefined, "the next claim");
    },

    "keeps a copy: what happens to the bytes later does not matter": async (store) => {
      await claimed(store, key("k"));
      const given = answer(1);
      await store.record(key("k"), given);
      given.body[0] = 9;
      expectSame(await claimed(store, key("k")), answer(1), "the answer");
    },

    "keeps accounts, commands and keys apart, whatever text they are": async (store) => {
      const keys = strangeTexts.flatMap((text) => [key(text), key("k", text), key("k", "alice", text)]);
      const distinct = new Map(keys.map((one) => [JSON.stringify(one), one]));
      for (const one of distinct.values()) expectSame(await claimed(store, one), undefined, JSON.stringify(one));
      // Where two parts meet, they must not flow into each other.
      for (const one of [key("bc", "a", ""), key("c", "a", "b"), key("", "ab", "c")]) {
        expectSame(await claimed(store, one), undefined, JSON.stringify(one));
      }
    },

    "forgets an answer when its window is over": async (store, elapse) => {
      await claimed(store, key("k"));
      await store.record(key("k"), answer(1));
      await elapse(windowMs + 200);
      expectSame(await claimed(store, key("k")), undefined, "a claim after the window");
    },
  };
}

/**
 * Defines one test for each rule of `IdempotencyStore`.
 *
 * @param windowMs how long the stores of the fixtures remember
 */
export function describeIdempotencyStore(
  runner: TestRunner,
  name: string,
  windowMs: number,
  create: CreateFixture<IdempotencyStore>,
): void {
  describeCases(runner, `IdempotencyStore: ${name}`, suiteOf(windowMs), create);
}
