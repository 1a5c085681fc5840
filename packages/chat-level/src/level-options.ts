import { ChatError } from "@im/chat";
import { type RetentionOptions, resolveRetention, retentionDefaults } from "@im/chat/authoring";
import { checkOptionsAs, guardReporter, invalidOption, rejectUnknownOptions } from "@im/transport-core/internal";

export interface LevelChatStoreOptions extends RetentionOptions {
  /** Where the store keeps everything; made if it is not there. */
  readonly folder: string;
  /** The clock, in milliseconds since 1970. @default Date.now */
  readonly nowMs?: (() => number) | undefined;
  /** Receives errors that no caller can catch. @default the console */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/** The defaults of the options. */
export const levelStoreDefaults = retentionDefaults;

export type LevelStoreSettings = ReturnType<typeof resolveLevelOptions>;

/** A checked copy with defaults. @throws `IM_ERR_INVALID_OPTION` */
export function resolveLevelOptions(options: LevelChatStoreOptions) {
  const refused = (message: string) => new ChatError("IM_ERR_INVALID_OPTION", message);
  return checkOptionsAs(refused, () => {
    rejectUnknownOptions(options, ["folder", "nowMs", "onError", ...Object.keys(levelStoreDefaults)]);
    const { folder, nowMs = Date.now, onError = reportToConsole } = options;
    for (const [name, given] of Object.entries({ nowMs, onError })) {
      if (typeof given !== "function") throw invalidOption(name, "a function", given);
    }
    if (typeof folder !== "string" || folder === "") throw invalidOption("folder", "the path of a folder", folder);
    return {
      folder,
      nowMs,
      onError: guardReporter(onError),
      ...resolveRetention(options),
    };
  });
}

function reportToConsole(error: unknown): void {
  console.error("@im/chat-level:", error);
}
