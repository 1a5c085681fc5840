import { checkCount, checkWait, startTimer } from "@im/transport-core/internal";

/** What a store keeps, and for how long. */
export interface RetentionOptions {
  /** Messages older than this are deleted, in milliseconds. @default Infinity */
  readonly maxAgeMs?: number | undefined;
  /** Messages that are kept; the oldest are deleted. @default Infinity */
  readonly maxMessages?: number | undefined;
  /** How long an idempotency key is kept, in milliseconds. @default {@link retentionDefaults.keyLifetimeMs} */
  readonly keyLifetimeMs?: number | undefined;
  /** How often what is too old, or too much, is deleted, in milliseconds. @default {@link retentionDefaults.pruneEveryMs} */
  readonly pruneEveryMs?: number | undefined;
}

/** The defaults of the options. */
export const retentionDefaults = Object.freeze({
  maxAgeMs: Number.POSITIVE_INFINITY,
  maxMessages: Number.POSITIVE_INFINITY,
  keyLifetimeMs: 7 * 86_400_000,
  pruneEveryMs: 3_600_000,
});

/** A checked copy with defaults. @throws a TransportError `IM_ERR_INVALID_OPTION`, for `checkOptionsAs` */
export function resolveRetention(options: RetentionOptions): Readonly<Record<keyof RetentionOptions, number>> {
  const wait = (name: "maxAgeMs" | "keyLifetimeMs" | "pruneEveryMs") =>
    checkWait(name, options[name] ?? retentionDefaults[name]);
  return {
    maxAgeMs: wait("maxAgeMs"),
    maxMessages: checkCount("maxMessages", options.maxMessages ?? retentionDefaults.maxMessages),
    keyLifetimeMs: wait("keyLifetimeMs"),
    pruneEveryMs: wait("pruneEveryMs"),
  };
}

/**
 * Prunes again and again, each time a while after the last. A process that has nothing else to do ends meanwhile.
 *
 * @returns a function that ends it: an error after that is not reported
 */
export function pruneRegularly(
  prune: () => Promise<unknown>,
  pruneEveryMs: number,
  report: (error: unknown) => void,
): () => void {
  let isOver = false;
  let timer: ReturnType<typeof startTimer>;
  const wait = () => {
    timer = startTimer(async () => {
      await prune().catch((error) => (isOver ? undefined : report(error)));
      if (!isOver) wait();
    }, pruneEveryMs);
    (timer as { unref?(): void } | undefined)?.unref?.();
  };
  wait();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
