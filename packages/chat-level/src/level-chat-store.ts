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
import { randomId } from "@im/transport-core/internal";
import { backUp } from "./backup.js";
import { checkRoom, type Level, openDatabase, storeError } from "./database.js";
import { deleteAccount, deleteBefore, forgetKeys } from "./deletion.js";
import { exported } from "./export.js";
import { GroupRosters } from "./group-rosters.js";
import { createStep, joinStep, quitStep } from "./group-steps.js";
import * as keys from "./keys.js";
import { type LevelChatStoreOptions, type LevelStoreSettings, resolveLevelOptions } from "./level-options.js";
import { advanceStep } from "./mark-steps.js";
import { addStep } from "./message-steps.js";
import { Reader } from "./reader.js";
import { Writer } from "./writer.js";

/**
 * A chat store in a folder. What a call returns is synced to the disk. One process owns the folder.
 *
 * @throws `IM_ERR_STORE_IN_USE`, `IM_ERR_STORE_FORMAT`, `IM_ERR_STORE_DAMAGED`, `IM_ERR_STORE_IO`, `IM_ERR_INVALID_OPTION`
 */
export async function openLevelChatStore(options: LevelChatStoreOptions): Promise<LevelChatStore> {
  const settings = resolveLevelOptions(options);
  const { folder, nowMs } = settings;
  const db = await openDatabase(folder);
  try {
    const rosters = new GroupRosters(db);
    const writer = await Writer.open(db, {
      folder,
      nowMs,
      committed: () => rosters.trim(),
      reopening: () => checkRoom(folder),
      failed: () => rosters.clear(),
    });
    return new FolderChatStore(settings, db, writer, rosters);
  } catch (error) {
    await db.close();
    throw storeError(error, folder);
  }
}

/** A chat store in a folder, as long as it is open. */
export interface LevelChatStore extends ChatStore, AsyncDisposable {
  readonly folder: string;
  /** Messages that are stored. */
  readonly messageCount: number;
  /**
   * Copies what is durable now into a new folder, while others write.
   *
   * @throws `IM_ERR_INVALID_OPTION` unless the folder is new or empty, `IM_ERR_STORE_CLOSED`, `IM_ERR_STORE_IO`
   */
  backup(folder: string): Promise<void>;
  /** Everything that is durable when the first record is asked for, while others write: one JSON line for each, say. */
  export(): AsyncGenerator<ExportedRecord>;
  /** Deletes what is beyond the retention, and idempotency keys that are over. It also runs by itself. @returns how many messages */
  prune(): Promise<number>;
  /** Finishes what was asked for, and releases the folder. Later calls throw `IM_ERR_STORE_CLOSED`. */
  close(): Promise<void>;
}

class FolderChatStore implements LevelChatStore {
  readonly folder: string;
  readonly #settings: LevelStoreSettings;
  readonly #db: Level;
  readonly #writer: Writer;
  readonly #rosters: GroupRosters;
  readonly #reader: Reader;
  readonly #stopPruning: () => void;
  #closed: Promise<void> | undefined;

  constructor(settings: LevelStoreSettings, db: Level, writer: Writer, rosters: GroupRosters) {
    this.folder = settings.folder;
    this.#settings = settings;
    this.#db = db;
    this.#writer = writer;
    this.#rosters = rosters;
    this.#reader = new Reader(db, () => writer.newestId);
    const { pruneEveryMs, onError } = settings;
    this.#stopPruning = pruneRegularly(() => this.prune(), pruneEveryMs, onError);
  }

  get messageCount(): number {
    return this.#writer.messages;
  }

  add(message: NewMessage, key?: string): Promise<AddedMessage | GroupRefusal> {
    return this.#writer.run(
      addStep({ ...this.#surroundings, keyLifetimeMs: this.#settings.keyLifetimeMs }, message, key),
    );
  }

  index(
    account: string,
    { afterId, limit }: { readonly afterId: bigint; readonly limit: number },
  ): Promise<IndexEntry[]> {
    return this.#reading(() => this.#reader.index(account, afterId, limit));
  }

  contents(account: string, messageIds: readonly bigint[]): Promise<StoredMessage[]> {
    return this.#reading(() => this.#reader.contents(account, messageIds));
  }

  history(
    account: string,
    conversation: Conversation,
    { beforeId, limit }: { readonly beforeId: bigint; readonly limit: number },
  ): Promise<StoredMessage[]> {
    return this.#reading(() => this.#reader.history(account, conversation, beforeId, limit));
  }

  deleteBefore(messageId: bigint): Promise<number> {
    return this.#reading(() => deleteBefore(this.#parts, messageId));
  }

  deleteAccount(account: string): Promise<number> {
    return this.#reading(() => deleteAccount(this.#parts, account));
  }

  position(account: string, device: string): Promise<Position | undefined> {
    return this.#reading(() => this.#reader.mark(keys.positions(account) + device));
  }

  received(account: string): Promise<bigint> {
    return this.#reading(() => this.#reader.received(account));
  }

  acknowledge(account: string, device: string, messageId: bigint): Promise<Moved> {
    return this.#advance(keys.positions(account) + device, messageId);
  }

  async readMark(account: string, conversation: Conversation): Promise<bigint> {
    const name = keys.readMarks(account) + keys.nameOf(conversation);
    return (await this.#reading(() => this.#reader.mark(name)))?.messageId ?? 0n;
  }

  markRead(account: string, conversation: Conversation, messageId: bigint): Promise<Moved> {
    return this.#advance(keys.readMarks(account) + keys.nameOf(conversation), messageId);
  }

  async createGroup(info: GroupInfo, members: readonly string[]): Promise<string> {
    const groupId = randomId();
    await this.#writer.run(createStep(this.#surroundings, groupId, info, new Set([info.owner, ...members])));
    return groupId;
  }

  group(groupId: string) {
    return this.#reading(() => this.#reader.group(groupId));
  }

  join(groupId: string, account: string, maxMembers: number) {
    return this.#writer.run(joinStep(this.#surroundings, groupId, account, maxMembers));
  }

  quit(groupId: string, account: string) {
    return this.#writer.run(quitStep(this.#rosters, groupId, account));
  }

  isMember(groupId: string, account: string): Promise<boolean> {
    return this.#reading(() => this.#reader.isMember(groupId, account));
  }

  members(groupId: string, page: TextPage) {
    return this.#reading(() => this.#reader.members(groupId, page));
  }

  groupsOf(account: string, page: TextPage) {
    return this.#reading(() => this.#reader.groupsOf(account, page));
  }

  backup(folder: string): Promise<void> {
    return this.#reading(() => backUp(this.#db, folder));
  }

  async *export(): AsyncGenerator<ExportedRecord> {
    this.#checkOpen();
    yield* exported(this.#db);
  }

  prune(): Promise<number> {
    return this.#reading(async () => {
      const { maxAgeMs, maxMessages, keyLifetimeMs, nowMs } = this.#settings;
      await forgetKeys(this.#parts, idAtMs(nowMs() - keyLifetimeMs));
      const deleted = Number.isFinite(maxAgeMs) ? await deleteBefore(this.#parts, idAtMs(nowMs() - maxAgeMs)) : 0;
      const tooMany = this.messageCount - maxMessages;
      return deleted + (tooMany > 0 ? await deleteBefore(this.#parts, this.#writer.newestId + 1n, tooMany) : 0);
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#stopPruning();
    await this.#writer.close();
    await this.#db.close();
  }

  get #surroundings() {
    return { rosters: this.#rosters, nowMs: this.#settings.nowMs };
  }

  get #parts() {
    return { db: this.#db, reader: this.#reader, rosters: this.#rosters, writer: this.#writer };
  }

  #advance(name: string, messageId: bigint): Promise<Moved> {
    const { nowMs } = this.#settings;
    return this.#writer.run(advanceStep(name, messageId, { newestId: () => this.#writer.newestId, nowMs }));
  }

  /** @throws ChatErrors only */
  async #reading<T>(read: () => Promise<T>): Promise<T> {
    this.#checkOpen();
    try {
      return await read();
    } catch (error) {
      throw storeError(error, this.folder);
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new ChatError("IM_ERR_STORE_CLOSED", `the store in ${this.folder} is closed`);
  }
}
