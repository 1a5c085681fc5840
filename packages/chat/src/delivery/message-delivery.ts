import { type FailedPush, GatewayError, type PushReport, type PushTarget } from "@im/gateway";
import { TransportError } from "@im/transport-core";
import { startTimer } from "@im/transport-core/internal";
import type { ChatContext } from "../chat-gateway.js";
import type { ChatSettings } from "../chat-options.js";
import type { StoredMessage } from "../ports/message-log.js";
import { DeliveryLanes } from "./delivery-lanes.js";
import { messagePush } from "./message-push.js";

type Settings = Pick<ChatSettings, "hooks" | "report" | "pushRetryMs" | "maxPendingPushes">;

const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 2_000;

/** Pushes messages that are stored: to the devices of all who may see them, except the one that sent it. */
export class MessageDelivery {
  readonly #settings: Settings;
  readonly #missed: (accounts: ReadonlySet<string>, messageId: bigint) => void;
  readonly #lanes = new DeliveryLanes();
  /** Of the messages that have not left: each resolves the promise of `deliver`. */
  readonly #leaving = new Set<() => void>();
  #pending = 0;
  #retrying = 0;

  /** @param missed called with the accounts to which a message could not be pushed, when that is given up */
  constructor(settings: Settings, missed: (accounts: ReadonlySet<string>, messageId: bigint) => void) {
    this.#settings = settings;
    this.#missed = missed;
  }

  /** Whether so many messages wait for directory and bus that no more should be stored. */
  get isFull(): boolean {
    return this.#pending >= this.#settings.maxPendingPushes;
  }

  /**
   * Called in the order of the ids, each time in the turn in which the store said that the message is stored. With a directory
   * and a bus in memory the push has left when this returns.
   *
   * @param context of the request: the push has its sequence, dest and channelId
   * @returns resolves when the push has left. If it must be tried again, or waits for one that must, nobody waits for it: then
   * this resolves at once.
   */
  deliver(context: ChatContext, message: StoredMessage, readers: readonly string[]): Promise<void> {
    const { command, body } = messagePush(message);
    const { account, channelId } = context.session;
    const target = readers.map((reader) => (reader === account ? { account, exceptChannelId: channelId } : reader));
    const push = (to: PushTarget) => context.push(to, command, body);
    this.#pending++;
    return new Promise((resolve) => {
      this.#leaving.add(resolve);
      const left = () => {
        this.#leaving.delete(resolve);
        resolve();
      };
      void this.#lanes
        .add(message.messageId, readers, () => this.#deliver(push, target, message, left))
        .then(() => this.#pending--);
      if (this.#retrying > 0) left();
    });
  }

  /** Up to where an account may have got everything: what is on its way to it is not received yet. */
  reached(account: string, messageId: bigint): bigint {
    const pending = this.#lanes.oldestPending(account);
    return pending !== undefined && pending <= messageId ? pending - 1n : messageId;
  }

  async #deliver(
    push: (target: PushTarget) => Promise<PushReport>,
    target: PushTarget & readonly unknown[],
    message: StoredMessage,
    left: () => void,
  ): Promise<void> {
    const report = await push(target);
    left();
    const offline = new Set(report.offline);
    const failed = report.failed.filter(isWorthARetry);
    if (failed.length > 0) await this.#retry(push, target, message, failed, offline);
    for (const account of offline) if (account !== message.sender) this.#settings.hooks.offline?.(account, message);
  }

  /** @param offline gets the accounts that turn out to be offline */
  async #retry(
    push: (target: PushTarget) => Promise<PushReport>,
    target: PushTarget & readonly unknown[],
    message: StoredMessage,
    firstFailed: readonly FailedPush[],
    offline: Set<string>,
  ): Promise<void> {
    this.#retrying++;
    for (const resolve of this.#leaving) resolve();
    this.#leaving.clear();
    const untilMs = performance.now() + this.#settings.pushRetryMs;
    let failed = firstFailed;
    for (let waitMs = FIRST_RETRY_MS; failed.length > 0; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
      if (performance.now() + waitMs > untilMs) {
        this.#settings.report(failed[0]!.error);
        this.#missed(accountsOf(restOf(target, failed)), message.messageId);
        break;
      }
      await pause(waitMs);
      const report = await push(restOf(target, failed));
      for (const account of report.offline) offline.add(account);
      failed = report.failed.filter(isWorthARetry);
    }
    this.#retrying--;
  }
}

/** A channel that has ended needs no push: its client asks for what it missed. */
function isWorthARetry({ account, error }: FailedPush): boolean {
  if (account !== undefined) return true;
  if (error instanceof TransportError) return false;
  return !(
    error instanceof GatewayError &&
    (error.code === "IM_ERR_SESSION_OVER" || error.code === "IM_ERR_UNKNOWN_GATEWAY")
  );
}

/** The accounts that the directory did not find; all, if the bus failed: clients drop what they have. */
function restOf(
  target: PushTarget & readonly unknown[],
  failed: readonly FailedPush[],
): PushTarget & readonly unknown[] {
  if (failed.some(({ account }) => account === undefined)) return target;
  const accounts = new Set(failed.map(({ account }) => account));
  return (target as readonly Receiver[]).filter((one) => accounts.has(accountOf(one)));
}

/** An account, or the other devices of the sender. */
type Receiver = string | { readonly account: string };

function accountOf(receiver: Receiver): string {
  return typeof receiver === "string" ? receiver : receiver.account;
}

function accountsOf(target: readonly unknown[]): ReadonlySet<string> {
  return new Set((target as readonly Receiver[]).map(accountOf));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = startTimer(resolve, ms);
    (timer as { unref?(): void } | undefined)?.unref?.();
  });
}
