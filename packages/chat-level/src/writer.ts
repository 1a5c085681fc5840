import { ChatError } from "@im/chat";
import { nextMessageId } from "@im/chat/authoring";
import { type Level, storeError } from "./database.js";
import { stateKey } from "./keys.js";
import { damaged } from "./records.js";
import { WriteBatch } from "./write-batch.js";

/** Something that reads and writes in one step. */
export interface WriteStep<T> {
  /** The keys that it reads from the batch. */
  readonly reads?: readonly string[] | undefined;
  /** Loads what it needs besides. Nothing is written meanwhile. */
  readonly prepare?: (() => Promise<unknown>) | undefined;
  /** Writes to the batch. What it throws is its own: it must not have written before. */
  apply(batch: WriteBatch): T;
}

export interface WriterOptions {
  readonly folder: string;
  readonly nowMs: () => number;
  /** Called after each commit. */
  readonly committed: () => void;
  /** Called before the database is closed and opened anew: rejects if that would not succeed. */
  readonly reopening: () => Promise<void>;
  /** Called when what the steps have written is not in the database. */
  readonly failed: () => void;
}

interface Waiting {
  readonly step: WriteStep<unknown>;
  resolve(result: never): void;
  reject(error: unknown): void;
}

/** Of one commit: its steps are read, applied and resolved in one turn each, in which sockets wait. */
const MAX_STEPS = 128;

/**
 * The one writer of the database. While a batch is being synced, the next steps gather, and share the next sync. Ids are given in
 * the order of the steps, and become visible with their batch.
 */
export class Writer {
  readonly #folder: string;
  readonly #nowMs: () => number;
  readonly #committed: () => void;
  readonly #reopening: () => Promise<void>;
  readonly #failed: () => void;
  readonly #db: Level;
  #waiting: Waiting[] = [];
  #isRunning = false;
  #isClosed = false;
  #mustReopen = false;
  #idle: Promise<void> = Promise.resolve();
  /** The last id that was given; it may be of a batch that failed. */
  #lastId: bigint;
  #newestId: bigint;
  #messages: number;

  private constructor(
    db: Level,
    { folder, nowMs, committed, reopening, failed }: WriterOptions,
    state: { readonly lastId: bigint; readonly messages: number },
  ) {
    this.#db = db;
    this.#folder = folder;
    this.#nowMs = nowMs;
    this.#committed = committed;
    this.#reopening = reopening;
    this.#failed = failed;
    this.#lastId = state.lastId;
    this.#newestId = state.lastId;
    this.#messages = state.messages;
  }

  static async open(db: Level, options: WriterOptions): Promise<Writer> {
    return new Writer(db, options, await readState(db));
  }

  /** The newest id that is visible. */
  get newestId(): bigint {
    return this.#newestId;
  }

  get messages(): number {
    return this.#messages;
  }

  /** Resolves when the step is durable. Steps resolve in the order in which they were given. @throws ChatErrors */
  run<T>(step: WriteStep<T>): Promise<T> {
    if (this.#isClosed) {
      return Promise.reject(new ChatError("IM_ERR_STORE_CLOSED", `the store in ${this.#folder} is closed`));
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ step, resolve: resolve as (result: never) => void, reject });
      if (!this.#isRunning) this.#idle = this.#run();
    });
  }

  /** Takes no more steps; resolves when those that wait are done. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.#idle;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // What other sockets bring in this turn shares the sync.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, MAX_STEPS));
    this.#isRunning = false;
  }

  async #commit(all: readonly Waiting[]): Promise<void> {
    const done: { readonly waiting: Waiting; readonly result: unknown }[] = [];
    try {
      if (this.#mustReopen) await this.#reopen();
      const prepared = await this.#prepare(all);
      const batch = new WriteBatch(await this.#read(prepared), () => this.#nextId());
      for (const waiting of prepared) {
        try {
          done.push({ waiting, result: waiting.step.apply(batch) });
        } catch (error) {
          waiting.reject(error);
        }
      }
      await this.#write(batch);
    } catch (error) {
      this.#mustReopen = true;
      this.#failed();
      for (const { reject } of all) reject(storeError(error, this.#folder));
      return;
    }
    this.#committed();
    for (const { waiting, result } of done) waiting.resolve(result as never);
  }

  /** Those whose preparation succeeds; the others are rejected. */
  async #prepare(all: readonly Waiting[]): Promise<readonly Waiting[]> {
    const prepared: Waiting[] = [];
    for (const waiting of all) {
      try {
        // Most have nothing to prepare, and need no turn of their own.
        if (waiting.step.prepare) await waiting.step.prepare();
        prepared.push(waiting);
      } catch (error) {
        waiting.reject(storeError(error, this.#folder));
      }
    }
    return prepared;
  }

  async #read(all: readonly Waiting[]): Promise<ReadonlyMap<string, string | undefined>> {
    const keys = [...new Set(all.flatMap(({ step }) => step.reads ?? []))];
    if (keys.length === 0) return new Map();
    const values = await this.#db.getMany(keys);
    return new Map(keys.map((key, at) => [key, values[at]]));
  }

  async #write(batch: WriteBatch): Promise<void> {
    if (batch.isEmpty) return;
    const [lastId, messages] = [this.#lastId, this.#messages + batch.messages];
    batch.put(stateKey, JSON.stringify([String(lastId), messages]));
    await this.#db.batch(batch.operations(), { sync: true });
    this.#newestId = lastId;
    this.#messages = messages;
  }

  #nextId(): bigint {
    this.#lastId = nextMessageId(this.#lastId, this.#nowMs());
    return this.#lastId;
  }

  /** After a write that failed LevelDB takes no other. What it had taken of it may be there now. */
  async #reopen(): Promise<void> {
    await this.#reopening();
    await this.#db.close();
    await this.#db.open();
    const { lastId, messages } = await readState(this.#db);
    if (lastId > this.#newestId) this.#newestId = lastId;
    if (lastId > this.#lastId) this.#lastId = lastId;
    this.#messages = messages;
    this.#mustReopen = false;
  }
}

async function readState(db: Level): Promise<{ lastId: bigint; messages: number }> {
  const text = await db.get(stateKey);
  if (text === undefined) return { lastId: 0n, messages: 0 };
  try {
    const [lastId, messages] = JSON.parse(text);
    return { lastId: BigInt(lastId), messages };
  } catch (cause) {
    throw damaged("the last id", cause);
  }
}
