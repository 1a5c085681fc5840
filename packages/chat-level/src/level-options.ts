import { ChatError } from "@im/chat";
import {
  checkCount,
  checkOptionsAs,
  checkWait,
  invalidOption,
  rejectUnknownOptions,
} from "@im/transport-core/internal";

export interface LevelChatStoreOptions {
  /** Where the store keeps everything; made if it is not there. */
  readonly folder: string;
  /** Messages older than this are deleted, in milliseconds. @default Infinity */
  readonly maxAgeMs?: number | undefined;
  /** Messages that are kept; the oldest are deleted. @default Infinity */
  readonly maxMessages?: number | undefined;
  /** How long an idempotency key is kept, in milliseconds. @default {@link levelStoreDefaults.keyLifetimeMs} */
  readonly keyLifetimeMs?: number | undefined;
  /** How often what is too old, or too much, is deleted, in milliseconds. @default {@link levelStoreDefaults.pruneEveryMs} */
  readonly pruneEveryMs?: number | undefined;
  /** The clock, in milliseconds since 1970. @default Date.now */
  readonly nowMs?: (() => number) | undefined;
  /** Receives errors that no caller can catch. @default the console */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/** The defaults of the options. */
export const levelStoreDefaults = Object.freeze({
  maxAgeMs: Number.POSITIVE_INFINITY,
  maxMessages: Number.POSITIVE_INFINITY,
  keyLifetimeMs: 7 * 86_400_000,
  pruneEveryMs: 3_600_000,
});

export type LevelStoreSettings = ReturnType<typeof resolveLevelOptions>;

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolveLevelOptions(options: LevelChatStoreOptions) {
  const refused = (message: string) => new ChatError("IM_ERR_INVALID_OPTION", message);
  return checkOptionsAs(refused, () => {
    rejectUnknownOptions(options, ["folder", "nowMs", "onError", ...Object.keys(levelStoreDefaults)]);
    const { folder, nowMs = Date.now, onError = reportToConsole } = options;
    if (typeof folder !== "string" || folder === "") throw invalidOption("folder", "the path of a folder", folder);
    const wait = (name: "maxAgeMs" | "keyLifetimeMs" | "pruneEveryMs") =>
      checkWait(name, options[name] ?? levelStoreDefaults[name]);
    return {
      folder,
      nowMs,
      onError,
      maxAgeMs: wait("maxAgeMs"),
      maxMessages: checkCount("maxMessages", options.maxMessages ?? levelStoreDefaults.maxMessages),
      keyLifetimeMs: wait("keyLifetimeMs"),
      pruneEveryMs: wait("pruneEveryMs"),
    };
  });
}

function reportToConsole(error: unknown): void {
  console.error("@im/chat-level:", error);
}
