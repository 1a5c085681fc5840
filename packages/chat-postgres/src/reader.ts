import type { Conversation, Group, GroupMember, Membership, StoredMessage, TextPage } from "@im/chat";
import { nanoseconds } from "@im/chat/authoring";
import { idText } from "./columns.js";
import type { Database } from "./database.js";
import { nameKey, readNames } from "./names.js";
import { messageColumns, readMessages } from "./stored-messages.js";
import { restored } from "./texts.js";

/** Reads messages and groups. What is committed is visible. */
export class Reader {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async contents(account: string, messageIds: readonly bigint[]): Promise<StoredMessage[]> {
    const { schema } = this.#database;
    const rows = await this.#database.query(
      `SELECT ${messageColumns} FROM ${schema}.messages m WHERE m.id = ANY($2::bigint[]) AND CASE m.kind
        WHEN 1 THEN EXISTS (
          SELECT FROM ${schema}.memberships p WHERE p.account = $1 AND p.group_id = m.dest
            AND p.join_id < m.id AND (p.quit_id IS NULL OR p.quit_id > m.id))
        WHEN 0 THEN $1 IN (m.sender, m.dest)
        ELSE m.sender = $1 END`,
      [nameKey(account), messageIds.map(idText)],
    );
    const messages = new Map<bigint, StoredMessage>();
    for (const message of await readMessages(this.#database, rows)) messages.set(message.messageId, message);
    return messageIds.flatMap((id) => messages.get(id) ?? []);
  }

  async history(
    account: string,
    conversation: Conversation,
    { beforeId, limit }: { readonly beforeId: bigint; readonly limit: number },
  ): Promise<StoredMessage[]> {
    const { schema } = this.#database;
    const given = [nameKey(account), idText(beforeId), limit];
    if ("account" in conversation) {
      const one = `$1::text COLLATE "C"`;
      const other = `$4::text COLLATE "C"`;
      const rows = await this.#database.query(
        `SELECT ${messageColumns} FROM ${schema}.messages m
        WHERE least(m.sender, m.dest) = least(${one}, ${other}) AND greatest(m.sender, m.dest) = greatest(${one}, ${other})
          AND m.kind <> 1 AND (m.kind = 0 OR m.sender = $1) AND m.id < $2 ORDER BY m.id DESC LIMIT $3`,
        [...given, nameKey(conversation.account)],
      );
      return readMessages(this.#database, rows);
    }
    const rows = await this.#database.query(
      `SELECT ${messageColumns} FROM ${schema}.memberships p CROSS JOIN LATERAL (
        SELECT * FROM ${schema}.messages said
        WHERE said.kind = 1 AND said.dest = p.group_id AND said.id > p.join_id AND said.id < least(p.quit_id, $2)
        ORDER BY said.id DESC LIMIT $3
      ) m WHERE p.account = $1 AND p.group_id = $4 ORDER BY m.id DESC LIMIT $3`,
      [...given, nameKey(conversation.group)],
    );
    return readMessages(this.#database, rows);
  }

  async group(groupId: string): Promise<Group | undefined> {
    const [row] = await this.#database.query(
      `SELECT name, avatar, introduction, owner, created_ms, member_count FROM ${this.#database.schema}.groups WHERE id = $1`,
      [nameKey(groupId)],
    );
    if (!row) return undefined;
    const [name = "", avatar = "", introduction = "", owner = ""] = row.slice(0, 4).map((text) => restored(text!));
    const createdAt = nanoseconds(Number(row[4]));
    return { groupId, name, avatar, introduction, owner, createdAt, memberCount: Number(row[5]) };
  }

  async isMember(groupId: string, account: string): Promise<boolean> {
    const rows = await this.#database.query(
      `SELECT 1 FROM ${this.#database.schema}.memberships WHERE group_id = $1 AND account = $2 AND quit_id IS NULL`,
      [nameKey(groupId), nameKey(account)],
    );
    return rows.length > 0;
  }

  async members(groupId: string, { after, limit }: TextPage): Promise<GroupMember[]> {
    const rows = await this.#database.query(
      `SELECT account, join_ms FROM ${this.#database.schema}.memberships
      WHERE group_id = $1 AND quit_id IS NULL AND account > $2 ORDER BY account LIMIT $3`,
      [nameKey(groupId), nameKey(after), limit],
    );
    const nameOf = await readNames(
      this.#database,
      rows.map(([account]) => account!),
    );
    return rows.map(([account, joinMs]) => ({ account: nameOf(account!), joinTime: nanoseconds(Number(joinMs)) }));
  }

  async groupsOf(account: string, { after, limit }: TextPage): Promise<Membership[]> {
    const { schema } = this.#database;
    const rows = await this.#database.query(
      `SELECT g.id, p.join_ms, g.name, g.avatar, g.owner
      FROM ${schema}.memberships p JOIN ${schema}.groups g ON g.id = p.group_id
      WHERE p.account = $1 AND p.quit_id IS NULL AND p.group_id > $2 ORDER BY p.group_id LIMIT $3`,
      [nameKey(account), nameKey(after), limit],
    );
    return rows.map(([groupId, joinMs, ...texts]) => {
      const [name = "", avatar = "", owner = ""] = texts.map((text) => restored(text!));
      return { groupId: groupId!, name, avatar, owner, joinTime: nanoseconds(Number(joinMs)) };
    });
  }
}
