import { CHAT_EXTENSION } from "@im/chat/commands";
import type { ClientStatus, ImClient, ReceivedPush } from "@im/client";
import { extensionTag } from "@im/wire/codec";
import type { ClientPlatform } from "./client-platform.js";
import { ClientRecord } from "./client-record.js";
import { decodeJson, encodeJson } from "./json.js";
import type { NoteBody, RequestBody, RequestRecord } from "./ledger.js";
import { sleep } from "./sleep.js";
import type { Surroundings } from "./surroundings.js";
import { watchedDialer } from "./watched-dialer.js";

/** How an application treats its pushes. */
export type PushMode = "sync" | "slow" | "throw";

export interface RequestPlan {
  readonly mode: RequestBody["mode"];
  readonly ms: number;
  readonly size: number;
  /** True for a key of the client's own, a text for one of the application's. */
  readonly idempotent: boolean | string;
  readonly timeoutMs: number | undefined;
  readonly abortAfterMs: number | undefined;
}

/** The modes of the handler that returns no promise. */
const synchronous = new Set<RequestBody["mode"]>([
  "sync",
  "throw",
  "undefined",
  "fail",
  "gone",
  "try-again",
  "twice",
  "large",
]);

/** An error of a client; its members are undefined for other errors. */
interface AnyError {
  readonly code?: string;
  readonly delivery?: string;
}

/** An application with its client, in a process of its own. */
export class ClientNode extends ClientRecord {
  readonly client: ImClient;
  #attempts = 0;
  /** Calls of `close` that have not resolved. */
  #closing = 0;
  readonly #world: Surroundings;

  constructor(world: Surroundings, platform: ClientPlatform, host: string, identity: string) {
    super(platform, host, identity);
    const { process, product, dialer, transport } = platform;
    this.#world = world;
    const { limits, hasOfflineQueue, dialHoldMs } = world.options.client;
    const dialing = { attempt: () => this.attempt, holdMs: dialHoldMs };
    const addresses = world.addresses(transport);
    this.client = product.createImClient({
      dialer: watchedDialer(process, dialer, dialing, {
        ended: (attempt, info) => world.observe((observer) => observer.connectionEnded?.(attempt, info)),
        givenUp: (attempt) => world.observe((observer) => observer.attemptGivenUp?.(attempt)),
      }),
      addresses: process.random.chance(0.5) ? addresses : addresses.reverse(),
      token: () => {
        this.attempt = `${identity}/${this.name}/${++this.#attempts}`;
        return this.attempt;
      },
      ...limits,
      ...(world.options.chat ? { login: { tags: [extensionTag(CHAT_EXTENSION)] } } : {}),
      ...(hasOfflineQueue ? { offlineQueue: {} } : {}),
      onError: (error) => {
        const { code = "no code" } = error as AnyError;
        this.errors.push(code);
        world.kernel.write(this.name, `reports ${code}`);
        world.observe((observer) => observer.errorReported?.(this.name, error));
      },
    });
    this.client.onStatus((status) => this.#statusChanged(status));
  }

  #statusChanged(status: ClientStatus): void {
    const code = "reason" in status ? ((status.reason as AnyError | undefined)?.code ?? "") : "";
    this.#world.kernel.write(this.name, `is ${status.state} ${code}`);
    if (status.state === "closed") this.wantsOnline = false;
    this.#world.observe((observer) => observer.statusChanged?.(this, status));
  }

  connect(): void {
    const { state } = this.client.status;
    if (state !== "idle" && state !== "closed") return;
    this.wantsOnline = true;
    this.client.connect().catch(() => {});
  }

  async close(): Promise<void> {
    const { attempt } = this;
    this.wantsOnline = false;
    this.#closing++;
    await this.client.close();
    // A close that was called later may still wait, and a connection since then may still be closing.
    if (--this.#closing === 0 && this.attempt === attempt)
      this.#world.observe((observer) => observer.clientClosed?.(this));
  }

  /** @returns its id */
  request({ idempotent, timeoutMs, abortAfterMs, ...body }: RequestPlan): number {
    const { ledger, kernel, options } = this.#world;
    const id = ledger.nextRequestId();
    const command = synchronous.has(body.mode) ? "sync" : "async";
    const isShared = typeof idempotent === "string";
    const record: RequestRecord = {
      ...body,
      id,
      client: this.name,
      key: isShared ? `${this.account} ${command} ${idempotent}` : idempotent ? `${this.name} ${id}` : undefined,
      dueMs: this.process.monotonicMs + (timeoutMs ?? options.client.limits.requestTimeoutMs),
      executions: [],
    };
    ledger.submitted(record);
    kernel.write(this.name, `asks ${id} ${body.mode}${idempotent ? ` key ${idempotent}` : ""}`);
    const abort = abortAfterMs === undefined ? undefined : new AbortController();
    if (abort) this.process.later(abortAfterMs!, () => abort.abort());
    const request = this.client.request(command, encodeJson({ id, ...body }), {
      idempotent,
      timeoutMs,
      signal: abort?.signal,
    });
    const settled = (isOk: boolean, { code = isOk ? "" : "other", delivery }: AnyError, answeredId?: number) => {
      kernel.write(this.name, `request ${id} ${isOk ? "is answered" : `fails: ${code} ${delivery ?? ""}`}`);
      ledger.settled(record, { atMs: kernel.nowMs, isOk, code, delivery, answeredId });
      this.#world.observe((observer) => observer.requestSettled?.(record));
    };
    request.then(
      ({ body: bytes }) => settled(true, {}, decodeJson<{ id: number }>(bytes).id),
      (error: AnyError) => settled(false, error),
    );
    return id;
  }

  /** Handles the pushes of a command in this way, until the client has ended. */
  listen(mode: PushMode): void {
    const number = this.#world.pushes.nextSubscription();
    this.client.on("note", async (push: ReceivedPush<Uint8Array>) => {
      const note = decodeJson<NoteBody>(push.body);
      this.#world.pushes.received(`${this.name}.${number}`, this, note, push.missed ?? 0);
      if (mode === "throw") throw new Error("the application failed");
      // After the chaos it takes what waits at once: with many pushes, that would take minutes.
      if (mode === "slow" && this.#world.ports.isTroubled) await sleep(this.process, 300);
    });
  }

  /** Iterates over pushes, and leaves after some. */
  async iterate(pushes: number, isLeftOpen: boolean): Promise<void> {
    const number = this.#world.pushes.nextSubscription();
    const iteration = this.client.pushes("note");
    for (let i = 0; i < pushes; i++) {
      const { value, done } = await iteration.next();
      if (done) return;
      const push = value as ReceivedPush<Uint8Array>;
      this.#world.pushes.received(`${this.name}.${number}`, this, decodeJson<NoteBody>(push.body), push.missed ?? 0);
    }
    if (!isLeftOpen) await iteration.return?.();
  }
}
