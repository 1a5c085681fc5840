import type { Logger } from "../contract/logger.js";
import type { TransportHooks } from "../contract/transport-hooks.js";
import { type ErrorReporter, isOrdinary } from "../error-reporter.js";

/** Logs each event of connections in one line of level debug: on an open network there are many. */
export function logHooks(logger: Logger): TransportHooks {
  return {
    refused: (why, remoteAddress) => logger.debug({ why, remoteAddress }, "refused"),
    opened: ({ id, remoteAddress }, handshakeMs, loginMs) =>
      logger.debug({ channelId: id, remoteAddress, handshakeMs, loginMs }, "opened"),
    dropped: ({ id }, why, messages, payloadBytes) =>
      logger.debug({ channelId: id, why, messages, payloadBytes }, "dropped"),
    closed: ({ id }, { code, reason, clean, error }) =>
      logger.debug({ channelId: id, code, reason, clean, ...(error ? { err: error } : {}) }, "closed"),
  };
}

/** Logs errors; those that are ordinary on an open network with level debug. */
export function logErrors(logger: Logger): ErrorReporter {
  return (error, context) => {
    const level = isOrdinary(error) ? "debug" : "error";
    logger[level]({ err: error, ...context }, `error during ${context.during}`);
  };
}

/** Logs the states of the server itself, with level info. The function cannot throw. */
export function logLife(logger: Logger | undefined): (details: object, message: string) => void {
  return (details, message) => {
    // A log that breaks must not keep a server from starting or stopping.
    try {
      logger?.info(details, message);
    } catch {}
  };
}
