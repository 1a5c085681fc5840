import { chatCommandMap } from "@im/chat/commands";
import { ClientError, createImClient, type ImClient } from "@im/client";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import { commands } from "@im/wire";
import { onTestFinished } from "vitest";

/** Kim's limit of ids in one request for contents. */
const MAX_CONTENTS = 200;
/** Pushes between two acknowledgements. */
const ACK_EVERY = 10;
/** The longest wait before a talk is tried again. */
const RETRY_MS = 200;

/**
 * A user with one device, who takes messages as applications do: each id once, first what it missed, from its position at the
 * server on, then what was pushed meanwhile. So it finds a gap behind its position, and disorder.
 */
export class ChatTalker {
  readonly name: string;
  readonly client: ImClient<typeof chatCommandMap>;
  /** The texts of its talks that were acknowledged, by id. */
  readonly stored = new Map<bigint, string>();
  /** The texts that it has received, by id, in the order in which it took them. */
  readonly received = new Map<bigint, string>();
  /** From when a talk was due to its acknowledgement, and to its push. */
  readonly ackMs: number[] = [];
  readonly pushMs: number[] = [];
  /** Messages that came again: it drops these. */
  doubles = 0;
  /** The longest time from when a talk was due until it was received, by a push or later. */
  slowestMs = 0;
  /** The statuses with which its talks were refused. */
  readonly refusals = new Set<number>();
  timesOnline = 0;
  /** When it was online last, by `performance.now()`. */
  onlineMs = 0;
  #caughtUp: Promise<void> = Promise.resolve();
  #untilAck = ACK_EVERY;
  #talks = 0;

  /** @param addresses of one transport, in the order in which they are tried */
  constructor(name: string, ...addresses: readonly string[]) {
    this.name = name;
    this.client = createImClient({
      dialer: addresses[0]!.startsWith("ws") ? wsDialer() : tcpDialer(),
      addresses,
      token: name,
      commands: chatCommandMap,
      reconnect: { baseMs: 20, capMs: 200 },
      retryFirstConnect: true,
      requestTimeoutMs: 20_000,
      onError: () => {},
    });
    onTestFinished(() => this.client.close());
    this.client.onStatus(({ state }) => {
      if (state !== "online") return;
      this.timesOnline++;
      this.onlineMs = performance.now();
      this.#caughtUp = this.#catchUp();
    });
    // The next push waits: what is behind comes first.
    this.client.on(commands.chatUserTalk, async ({ body }) => {
      await this.#caughtUp;
      // What it sent itself before it came back, as on another device.
      if (body!.sender === this.name) return;
      this.#take(body!.messageId, body!.body, this.pushMs);
      if (--this.#untilAck === 0) this.#acknowledge(body!.messageId);
    });
  }

  /** Talks until it is acknowledged: with its key it is stored once. @param dueMs of `performance.now()` */
  async talk(dest: string, dueMs = performance.now()): Promise<void> {
    const idempotent = String(this.#talks++);
    const body = `${dueMs} ${this.name} ${idempotent} ${dest}`;
    for (;;) {
      try {
        const answer = await this.client.request(commands.chatUserTalk, { type: 1, body }, { dest, idempotent });
        this.stored.set(answer.body!.messageId, body);
        this.ackMs.push(performance.now() - dueMs);
        return;
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        if (error.response) this.refusals.add(error.response.status);
        // It is offline or away; or the server was killed.
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS * Math.random()));
      }
    }
  }

  /** Goes away, and comes back. */
  async leave(awayMs: number): Promise<void> {
    await this.client.close();
    await new Promise((resolve) => setTimeout(resolve, awayMs));
    await this.client.connect();
  }

  /** Resolves when it has taken all that is stored now. */
  async settle(): Promise<void> {
    await this.client.ready();
    this.#caughtUp = this.#catchUp();
    await this.#caughtUp;
  }

  async #catchUp(): Promise<void> {
    try {
      let lastId = 0n;
      for (;;) {
        const { body } = await this.client.request(commands.offlineIndex, { messageId: lastId });
        const { indexes } = body!;
        if (indexes.length === 0) break;
        const incoming = indexes.filter(({ direction }) => direction === 0).map(({ messageId }) => messageId);
        for (let at = 0; at < incoming.length; at += MAX_CONTENTS) {
          const messageIds = incoming.slice(at, at + MAX_CONTENTS);
          const page = await this.client.request(commands.offlineContent, { messageIds });
          for (const { messageId, body: text } of page.body!.contents) this.#take(messageId, text);
        }
        lastId = indexes.at(-1)!.messageId;
      }
      if (lastId > 0n) this.#acknowledge(lastId);
    } catch (error) {
      // The connection was lost: the next one begins again.
      if (!(error instanceof ClientError)) throw error;
    }
  }

  #acknowledge(messageId: bigint): void {
    this.#untilAck = ACK_EVERY;
    // One that is lost makes up for nothing: the next one says more.
    this.client.request(commands.chatTalkAck, { messageId }).catch(() => {});
  }

  #take(messageId: bigint, text: string, tookMs?: number[]): void {
    if (this.received.has(messageId)) {
      this.doubles++;
      return;
    }
    this.received.set(messageId, text);
    const receiptMs = performance.now() - Number(text.split(" ", 1)[0]);
    this.slowestMs = Math.max(this.slowestMs, receiptMs);
    tookMs?.push(receiptMs);
  }
}

/** What went wrong, as texts of messages. Each names its sender and its receiver. */
export function faultsOf(users: readonly ChatTalker[]): Readonly<Record<"lost" | "invented" | "late", string[]>> {
  const stored = new Map(users.flatMap((user) => [...user.stored]));
  const received = new Map(users.flatMap((user) => [...user.received]));
  return {
    lost: [...stored].filter(([id, text]) => received.get(id) !== text).map(([, text]) => text),
    // Among them what was stored twice, since the sender knows of one id, and what is not for this user.
    invented: users.flatMap(({ name, received: own }) =>
      [...own].filter(([id, text]) => stored.get(id) !== text || !text.endsWith(` ${name}`)).map(([, text]) => text),
    ),
    late: users.flatMap(({ received: own }) => behindNewer(own)),
  };
}

/** As {@link faultsOf}, where a user may send on before the answers of a connection that was lost: order is by id then. */
export function lossesOf(users: readonly ChatTalker[]) {
  const { lost, invented } = faultsOf(users);
  return { lost, invented };
}

/** What a user took after a newer message of the same sender. */
function behindNewer(received: ReadonlyMap<bigint, string>): string[] {
  const newest = new Map<string, bigint>();
  return [...received].flatMap(([id, text]) => {
    const sender = text.split(" ")[1]!;
    if (id < (newest.get(sender) ?? 0n)) return [text];
    newest.set(sender, id);
    return [];
  });
}
