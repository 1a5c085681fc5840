import type { GroupInfo } from "@im/chat";
import { randomId } from "@im/transport-core/internal";
import { Batcher } from "./batcher.js";
import { columnsOf } from "./columns.js";
import type { Database } from "./database.js";
import type { WriterSettings } from "./message-writer.js";
import { keepLongNames, nameKey } from "./names.js";
import { storable } from "./texts.js";

/** Of one commit. */
const MAX_CHANGES = 256;
const MAX_INTEGER = 2_147_483_647;

interface Change {
  readonly isQuit: boolean;
  readonly groupId: string;
  readonly account: string;
  readonly maxMembers: number;
}

type ChangeOutcome = "joined" | "left" | "no such group" | "full";

/** Makes groups, and changes who is in them. */
export class GroupWriter {
  readonly #database: Database;
  readonly #nowMs: WriterSettings["nowMs"];
  readonly #batcher = new Batcher<Change, ChangeOutcome>((batch) => this.#commit(batch), MAX_CHANGES);

  constructor(database: Database, { nowMs }: WriterSettings) {
    this.#database = database;
    this.#nowMs = nowMs;
  }

  /** Nobody knows the group before it returns: so its members are written after the id is given, while others write. */
  async create(info: GroupInfo, members: ReadonlySet<string>): Promise<string> {
    const { schema, timeoutMs } = this.#database;
    const groupId = randomId();
    const nowMs = this.#nowMs?.();
    await keepLongNames(this.#database, members);
    const [row] = await this.#database.query(`SELECT ${schema}.take_id($1, $2), ${schema}.now_ms($1)`, [
      nowMs,
      timeoutMs,
    ]);
    await this.#database.query(
      `WITH made AS (
        INSERT INTO ${schema}.groups (id, name, avatar, introduction, owner, created_ms, member_count)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
      ) INSERT INTO ${schema}.memberships (account, group_id, join_id, join_ms)
        SELECT account, $1, $8, $6 FROM unnest($9::text[]) AS member (account)`,
      [
        groupId,
        ...[info.name, info.avatar, info.introduction, info.owner].map(storable),
        row![1],
        members.size,
        row![0],
        [...members].map(nameKey),
      ],
    );
    return groupId;
  }

  join(groupId: string, account: string, maxMembers: number) {
    return this.#batcher.add({ isQuit: false, groupId, account, maxMembers }) as Promise<
      "joined" | "no such group" | "full"
    >;
  }

  quit(groupId: string, account: string) {
    return this.#batcher.add({ isQuit: true, groupId, account, maxMembers: 0 }) as Promise<"left" | "no such group">;
  }

  async #commit(batch: readonly Change[]): Promise<readonly ChangeOutcome[]> {
    const { schema, timeoutMs } = this.#database;
    await keepLongNames(
      this.#database,
      batch.map(({ account }) => account),
    );
    const columns = columnsOf(
      batch,
      ({ isQuit }) => isQuit,
      ({ groupId }) => nameKey(groupId),
      ({ account }) => nameKey(account),
      ({ maxMembers }) => Math.min(maxMembers, MAX_INTEGER),
    );
    const [row] = await this.#database.query(`SELECT ${schema}.change_memberships($1, $2, $3, $4, $5, $6)`, [
      ...columns,
      this.#nowMs?.(),
      timeoutMs,
    ]);
    return JSON.parse(row![0]!);
  }
}
