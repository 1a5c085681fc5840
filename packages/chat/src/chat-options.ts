import {
  checkHasMethods,
  checkLimit,
  checkWait,
  guardHooks,
  guardReporter,
  invalidOption,
  rejectUnknownOptions,
} from "@im/transport-core/internal";
import { checkingOptions } from "./chat-error.js";
import type { ChatGateway } from "./chat-gateway.js";
import { type ChatHooks, hookNames } from "./chat-hooks.js";
import { type ChatRules, ruleNames } from "./chat-rules.js";
import { MAX_RESPONSE_BYTES } from "./max-response-bytes.js";
import type { ChatStore } from "./ports/chat-store.js";

export interface ChatOptions {
  /** A gateway that is not started: the chat sets its handlers. */
  readonly gateway: ChatGateway;
  /** Whoever made it closes it, after the gateway has shut down. */
  readonly store: ChatStore;
  readonly rules?: ChatRules | undefined;
  readonly hooks?: ChatHooks | undefined;
  /** How far back a new device begins, in milliseconds. @default {@link chatDefaults.newDeviceMs} */
  readonly newDeviceMs?: number | undefined;
  /** A device that has not acknowledged for longer is a new one, in milliseconds. @default {@link chatDefaults.positionLifetimeMs} */
  readonly positionLifetimeMs?: number | undefined;
  /**
   * Of body and extra of a message together, in bytes of UTF-8; at most 917,504, since a push and a response have to fit into one
   * packet. @default {@link chatDefaults.maxTextBytes}
   */
  readonly maxTextBytes?: number | undefined;
  /** @default {@link chatDefaults.maxGroupMembers} */
  readonly maxGroupMembers?: number | undefined;
  /** How long an account that lost its last connection stays online, in milliseconds. @default {@link chatDefaults.presenceGraceMs} */
  readonly presenceGraceMs?: number | undefined;
  /**
   * How long a push is tried again when the directory or the bus fails, in milliseconds. Later messages to the same account
   * wait. @default {@link chatDefaults.pushRetryMs}
   */
  readonly pushRetryMs?: number | undefined;
  /**
   * Messages of this gateway that are stored and have not been pushed. Beyond it talks are refused with SystemException, and not
   * stored: messages come faster than directory and bus take them. @default {@link chatDefaults.maxPendingPushes}
   */
  readonly maxPendingPushes?: number | undefined;
  /** Receives errors that no caller can catch. @default the console */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

const DAY_MS = 86_400_000;

/** The defaults of the options. */
export const chatDefaults = Object.freeze({
  newDeviceMs: 7 * DAY_MS,
  positionLifetimeMs: 90 * DAY_MS,
  maxTextBytes: 16_384,
  maxGroupMembers: 10_000,
  presenceGraceMs: 5_000,
  pushRetryMs: 60_000,
  maxPendingPushes: 10_000,
});

export type ChatSettings = ReturnType<typeof resolveChatOptions>;

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolveChatOptions(options: ChatOptions) {
  return checkingOptions(() => {
    const others = ["gateway", "store", "rules", "hooks", "onError"];
    rejectUnknownOptions(options, [...others, ...Object.keys(chatDefaults)]);
    const { gateway, store, rules = {}, hooks = {}, onError = reportToConsole } = options;
    for (const [name, given, methods] of [
      ["gateway", gateway, ["handleRaw", "confirmExtension", "push", "onPushGap"]],
      ["store", store, ["add", "index", "contents", "acknowledge", "group"]],
    ] as const) {
      if (given === undefined) throw invalidOption(name, `a ${name}`, given);
      checkHasMethods(name, given, methods);
    }
    if (typeof rules !== "object" || rules === null) throw invalidOption("rules", "an object", rules);
    const given = ruleNames.filter((name) => rules[name] !== undefined);
    checkHasMethods("rules", rules, given);
    if (typeof onError !== "function") throw invalidOption("onError", "a function", onError);
    const report = guardReporter(onError);
    const numberOf = (name: keyof typeof chatDefaults) =>
      (name.endsWith("Ms") ? checkWait : checkLimit)(name, options[name] ?? chatDefaults[name]);
    return {
      gateway,
      store,
      rules,
      hooks: guardHooks<ChatHooks>(hookNames, [hooks], (error) => report(error)),
      report: (error: unknown) => void report(error),
      newDeviceMs: numberOf("newDeviceMs"),
      positionLifetimeMs: numberOf("positionLifetimeMs"),
      maxTextBytes: atMost(MAX_RESPONSE_BYTES, "maxTextBytes", numberOf("maxTextBytes")),
      maxGroupMembers: numberOf("maxGroupMembers"),
      presenceGraceMs: numberOf("presenceGraceMs"),
      pushRetryMs: numberOf("pushRetryMs"),
      maxPendingPushes: numberOf("maxPendingPushes"),
    };
  });
}

function atMost(most: number, name: string, given: number): number {
  if (given <= most) return given;
  throw invalidOption(name, `at most ${most}`, given);
}

function reportToConsole(error: unknown): void {
  console.error("@im/chat:", error);
}
