import type { AddedMessage, GroupRefusal, NewMessage } from "@im/chat";
import { nanoseconds } from "@im/chat/authoring";
import { Batcher } from "./batcher.js";
import { columnsOf } from "./columns.js";
import type { Database } from "./database.js";
import { keepLongNames, nameKey } from "./names.js";
import type { GroupRosters, RosterChanges } from "./roster-changes.js";
import { storable } from "./texts.js";

/** Of one commit. */
const MAX_MESSAGES = 512;
/** In UTF-16 units. A statement that the system takes at once commits also when this process stops right after it was sent. */
const MAX_TEXT = 1_048_576;

export interface WriterSettings {
  readonly keyLifetimeMs: number;
  readonly nowMs: (() => number) | undefined;
}

interface Adding {
  readonly message: NewMessage;
  readonly key: string | undefined;
}

type Outcome = readonly [outcome: "stored" | "repetition" | GroupRefusal, messageId: string | null, timeMs: number];

/** Stores messages, many in one statement. They resolve in the order of their ids. */
export class MessageWriter {
  readonly #database: Database;
  readonly #rosters: GroupRosters;
  readonly #settings: WriterSettings;
  readonly #batcher = new Batcher<Adding, AddedMessage | GroupRefusal>(
    (batch) => this.#commit(batch),
    MAX_MESSAGES,
    sizeOfNext,
  );

  constructor(database: Database, rosters: GroupRosters, settings: WriterSettings) {
    this.#database = database;
    this.#rosters = rosters;
    this.#settings = settings;
  }

  add(message: NewMessage, key: string | undefined): Promise<AddedMessage | GroupRefusal> {
    return this.#batcher.add({ message, key });
  }

  async #commit(batch: readonly Adding[]): Promise<(AddedMessage | GroupRefusal)[]> {
    await keepLongNames(
      this.#database,
      batch.flatMap(({ message }) => [message.sender, destOf(message)]),
    );
    const groups = [...new Set(batch.flatMap(({ message: { to } }) => ("group" in to ? [nameKey(to.group)] : [])))];
    await this.#rosters.load(groups);
    const { schema, timeoutMs } = this.#database;
    const { keyLifetimeMs, nowMs } = this.#settings;
    const columns = columnsOf(
      batch,
      ({ message }) => nameKey(message.sender),
      ({ message }) => ("group" in message.to ? 1 : 0),
      ({ message }) => nameKey(destOf(message)),
      ({ message }) => message.type,
      ({ message }) => storable(message.body),
      ({ message }) => storable(message.extra),
      ({ key }) => (key === undefined ? null : nameKey(key)),
    );
    const [row] = await this.#database.query(
      `SELECT ${schema}.add_messages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...columns,
        Math.min(Math.floor(keyLifetimeMs), Number.MAX_SAFE_INTEGER),
        groups,
        this.#rosters.knownIds(groups),
        nowMs?.(),
        timeoutMs,
      ],
    );
    const { outcomes, lastId, rosters } = JSON.parse(row![0]!) as {
      readonly outcomes: readonly Outcome[];
      readonly lastId: string;
      readonly rosters: readonly RosterChanges[];
    };
    await this.#rosters.apply(rosters, BigInt(lastId));
    const added = batch.map(({ message }, at) => this.#resultOf(message, outcomes[at]!));
    this.#rosters.trim();
    return added;
  }

  #resultOf({ sender, to }: NewMessage, [outcome, id, timeMs]: Outcome): AddedMessage | GroupRefusal {
    if (outcome === "no such group" || outcome === "not a member") return outcome;
    const messageId = BigInt(id!);
    const isRepetition = outcome === "repetition";
    const stored = { messageId, sendTime: nanoseconds(timeMs), isRepetition };
    if ("account" in to) return { ...stored, readers: [...new Set([sender, to.account])] };
    const roster = this.#rosters.get(to.group);
    return { ...stored, readers: (isRepetition ? roster?.since(messageId) : roster?.list) ?? [] };
  }
}

function destOf({ to }: NewMessage): string {
  return "group" in to ? to.group : to.account;
}

/** A key that comes again waits for the commit of the first. */
function sizeOfNext(waiting: readonly Adding[]): number {
  const keys = new Set<string>();
  let text = 0;
  for (const [at, { message, key }] of waiting.entries()) {
    text += message.body.length + message.extra.length;
    const name = key === undefined ? undefined : JSON.stringify([message.sender, key]);
    const isNext = at === 0 || (text <= MAX_TEXT && (name === undefined || !keys.has(name)));
    if (!isNext) return at;
    if (name !== undefined) keys.add(name);
  }
  return waiting.length;
}
