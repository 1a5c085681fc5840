import type { Conversation, Moved, Position } from "@im/chat";
import { Batcher } from "./batcher.js";
import { columnsOf, idText } from "./columns.js";
import type { Database } from "./database.js";
import type { WriterSettings } from "./message-writer.js";
import { keepLongNames, nameKey } from "./names.js";

/** Of one commit. */
const MAX_MARKS = 512;

/** What a mark is of. */
export interface MarkName {
  readonly account: string;
  /** As the column `kind`. */
  readonly kind: 0 | 1 | 2;
  readonly name: string;
}

interface Advance extends MarkName {
  readonly messageId: bigint;
}

export function positionOf(account: string, device: string): MarkName {
  return { account, kind: 0, name: device };
}

export function readMarkOf(account: string, conversation: Conversation): MarkName {
  return "group" in conversation
    ? { account, kind: 2, name: conversation.group }
    : { account, kind: 1, name: conversation.account };
}

/** Positions and read marks. They need no ids: so no lock of all writers. */
export class Marks {
  readonly #database: Database;
  readonly #nowMs: WriterSettings["nowMs"];
  readonly #batcher = new Batcher<Advance, Moved>((batch) => this.#commit(batch), MAX_MARKS, sizeOfNext);

  constructor(database: Database, { nowMs }: WriterSettings) {
    this.#database = database;
    this.#nowMs = nowMs;
  }

  async get({ account, kind, name }: MarkName): Promise<Position | undefined> {
    const { schema } = this.#database;
    const [row] = await this.#database.query(
      `SELECT message_id, set_ms FROM ${schema}.marks WHERE account = $1 AND kind = $2 AND name = $3`,
      [nameKey(account), kind, nameKey(name)],
    );
    return row && { messageId: BigInt(row[0]!), setAtMs: Number(row[1]) };
  }

  /** The furthest position of an account. */
  async received(account: string): Promise<bigint> {
    const { schema } = this.#database;
    const statement = `SELECT max(message_id) FROM ${schema}.marks WHERE account = $1 AND kind = 0`;
    const [row] = await this.#database.query(statement, [nameKey(account)]);
    return BigInt(row?.[0] ?? 0);
  }

  async advance(mark: MarkName, messageId: bigint): Promise<Moved> {
    if (messageId > 0n) return this.#batcher.add({ ...mark, messageId });
    const stays = (await this.get(mark))?.messageId ?? 0n;
    return { from: stays, to: stays };
  }

  /** Rows are locked in the order of their names, by every process: so none waits for one that waits for it. */
  async #commit(batch: readonly Advance[]): Promise<readonly Moved[]> {
    const { schema } = this.#database;
    await keepLongNames(
      this.#database,
      batch.flatMap(({ account, name }) => [account, name]),
    );
    const columns = columnsOf(
      batch,
      ({ account }) => nameKey(account),
      ({ kind }) => kind,
      ({ name }) => nameKey(name),
      ({ messageId }) => idText(messageId),
    );
    const rows = await this.#database.query(
      `INSERT INTO ${schema}.marks AS mark (account, kind, name, message_id, moved_from, set_ms)
      SELECT asked.account, asked.kind, asked.name, least(asked.id, state.last_id), 0, ${schema}.now_ms($5)
      FROM unnest($1::text[], $2::smallint[], $3::text[], $4::bigint[]) AS asked (account, kind, name, id)
      CROSS JOIN ${schema}.state WHERE state.last_id > 0
      ORDER BY asked.account COLLATE "C", asked.kind, asked.name COLLATE "C"
      ON CONFLICT (account, kind, name) DO UPDATE SET
        message_id = greatest(mark.message_id, excluded.message_id),
        moved_from = mark.message_id,
        set_ms = excluded.set_ms
      RETURNING account, kind, name, moved_from, message_id`,
      [...columns, this.#nowMs?.()],
    );
    const moved = new Map(
      rows.map(([account, kind, name, from, to]) => [
        JSON.stringify([account, Number(kind), name]),
        { from: BigInt(from!), to: BigInt(to!) },
      ]),
    );
    return batch.map(({ account, kind, name }) => {
      // Without any message there is nothing to acknowledge.
      return moved.get(JSON.stringify([nameKey(account), kind, nameKey(name)])) ?? { from: 0n, to: 0n };
    });
  }
}

/** A mark that comes again waits for the commit of the first. */
function sizeOfNext(waiting: readonly Advance[]): number {
  const names = new Set<string>();
  for (const [at, { account, kind, name }] of waiting.entries()) {
    names.add(JSON.stringify([account, kind, name]));
    if (names.size <= at) return at;
  }
  return waiting.length;
}
