import {
  type AddedMessage,
  ChatError,
  type ChatStore,
  type Conversation,
  type ExportedRecord,
  type GroupInfo,
  type GroupRefusal,
  type IndexEntry,
  type Moved,
  type NewMessage,
  type Position,
  type StoredMessage,
  type TextPage,
} from "@im/chat";
import { idAtMs, pruneRegularly } from "@im/chat/authoring";
import { Database } from "./database.js";
import { deleteAccount, deleteBefore, forgetKeys } from "./deletion.js";
import { exported } from "./export.js";
import { GroupWriter } from "./group-writer.js";
import { readIndex } from "./index-pages.js";
import { Marks, positionOf, readMarkOf } from "./marks.js";
import { MessageWriter } from "./message-writer.js";
import { checkFormat } from "./migrate.js";
import {
  type PostgresChatStoreOptions,
  type PostgresStoreSettings,
  resolvePostgresOptions,
} from "./postgres-options.js";
import { Reader } from "./reader.js";
import { GroupRosters } from "./roster-changes.js";

/**
 * A chat store in a Postgres database that `migrate` has prepared. Any number of processes may have it open.
 *
 * @throws `IM_ERR_STORE_FORMAT`, `IM_ERR_STORE_IO`, `IM_ERR_INVALID_OPTION`
 */
export async function openPostgresChatStore(options: PostgresChatStoreOptions): Promise<PostgresChatStore> {
  const settings = resolvePostgresOptions(options);
  const database = new Database(settings.pool, settings.schema, settings.timeoutMs);
  await checkFormat(database.query, settings.schema);
  return new SchemaChatStore(settings, database);
}

/** A chat store in Postgres, as long as it is open. */
export interface PostgresChatStore extends ChatStore, AsyncDisposable {
  readonly schema: string;
  /** Everything that is committed when the first record is asked for, while others write. It has a connection until its end. */
  export(): AsyncGenerator<ExportedRecord>;
  /** Deletes what is beyond the retention, and idempotency keys that are over. It also runs by itself. @returns how many messages */
  prune(): Promise<number>;
  /** Finishes what was asked for. Later calls throw `IM_ERR_STORE_CLOSED`. The pool stays open. */
  close(): Promise<void>;
}

class SchemaChatStore implements PostgresChatStore {
  readonly schema: string;
  readonly #settings: PostgresStoreSettings;
  readonly #database: Database;
  readonly #messages: MessageWriter;
  readonly #groups: GroupWriter;
  readonly #marks: Marks;
  readonly #reader: Reader;
  readonly #stopPruning: () => void;
  /** Calls that have not settled. */
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(settings: PostgresStoreSettings, database: Database) {
    const { schema, pool, onError, pruneEveryMs } = settings;
    this.schema = schema;
    this.#settings = settings;
    this.#database = database;
    this.#messages = new MessageWriter(database, new GroupRosters(database), settings);
    this.#groups = new GroupWriter(database, settings);
    this.#marks = new Marks(database, settings);
    this.#reader = new Reader(database);
    // Without a listener, the end of an idle connection would end the process.
    pool.on("error", onError);
    this.#stopPruning = pruneRegularly(() => this.prune(), pruneEveryMs, onError);
  }

  add(message: NewMessage, key?: string): Promise<AddedMessage | GroupRefusal> {
    return this.#call(() => this.#messages.add(message, key));
  }

  index(account: string, page: { readonly afterId: bigint; readonly limit: number }): Promise<IndexEntry[]> {
    return this.#call(() => readIndex(this.#database, account, page));
  }

  contents(account: string, messageIds: readonly bigint[]): Promise<StoredMessage[]> {
    return this.#call(() => this.#reader.contents(account, messageIds));
  }

  history(
    account: string,
    conversation: Conversation,
    page: { readonly beforeId: bigint; readonly limit: number },
  ): Promise<StoredMessage[]> {
    return this.#call(() => this.#reader.history(account, conversation, page));
  }

  deleteBefore(messageId: bigint): Promise<number> {
    return this.#call(() => deleteBefore(this.#database, messageId));
  }

  deleteAccount(account: string): Promise<number> {
    return this.#call(() => deleteAccount(this.#database, account, this.#settings.nowMs?.()));
  }

  position(account: string, device: string): Promise<Position | undefined> {
    return this.#call(() => this.#marks.get(positionOf(account, device)));
  }

  received(account: string): Promise<bigint> {
    return this.#call(() => this.#marks.received(account));
  }

  acknowledge(account: string, device: string, messageId: bigint): Promise<Moved> {
    return this.#call(() => this.#marks.advance(positionOf(account, device), messageId));
  }

  async readMark(account: string, conversation: Conversation): Promise<bigint> {
    const mark = await this.#call(() => this.#marks.get(readMarkOf(account, conversation)));
    return mark?.messageId ?? 0n;
  }

  markRead(account: string, conversation: Conversation, messageId: bigint): Promise<Moved> {
    return this.#call(() => this.#marks.advance(readMarkOf(account, conversation), messageId));
  }

  createGroup(info: GroupInfo, members: readonly string[]): Promise<string> {
    return this.#call(() => this.#groups.create(info, new Set([info.owner, ...members])));
  }

  group(groupId: string) {
    return this.#call(() => this.#reader.group(groupId));
  }

  join(groupId: string, account: string, maxMembers: number) {
    return this.#call(() => this.#groups.join(groupId, account, maxMembers));
  }

  quit(groupId: string, account: string) {
    return this.#call(() => this.#groups.quit(groupId, account));
  }

  isMember(groupId: string, account: string): Promise<boolean> {
    return this.#call(() => this.#reader.isMember(groupId, account));
  }

  members(groupId: string, page: TextPage) {
    return this.#call(() => this.#reader.members(groupId, page));
  }

  groupsOf(account: string, page: TextPage) {
    return this.#call(() => this.#reader.groupsOf(account, page));
  }

  async *export(): AsyncGenerator<ExportedRecord> {
    this.#checkOpen();
    yield* exported(this.#database);
  }

  prune(): Promise<number> {
    return this.#call(async () => {
      const { maxAgeMs, maxMessages, keyLifetimeMs } = this.#settings;
      const { schema, query } = this.#database;
      const nowMs = this.#settings.nowMs?.();
      const [[now, count, last] = []] = await query(
        `SELECT ${schema}.now_ms($1), message_count, last_id FROM ${schema}.state`,
        [nowMs],
      );
      await forgetKeys(this.#database, Math.max(0, Number(now) - keyLifetimeMs));
      const deleted = await deleteBefore(this.#database, idAtMs(Math.max(0, Number(now) - maxAgeMs)));
      const tooMany = Number(count) - deleted - maxMessages;
      return deleted + (tooMany > 0 ? await deleteBefore(this.#database, BigInt(last!) + 1n, tooMany) : 0);
    });
  }

  async close(): Promise<void> {
    this.#stopPruning();
    this.#isClosed = true;
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    this.#settings.pool.off("error", this.#settings.onError);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @throws ChatErrors only */
  async #call<T>(act: () => Promise<T>): Promise<T> {
    this.#checkOpen();
    const running = act();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new ChatError("IM_ERR_STORE_CLOSED", "the store on Postgres is closed");
  }
}
