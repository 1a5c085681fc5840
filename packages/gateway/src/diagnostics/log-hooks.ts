import type { Logger } from "@im/transport-core";
import type { GatewayErrorReporter } from "./error-reporter.js";
import type { GatewayHooks } from "./gateway-hooks.js";

/**
 * Logs sign-ins, refusals and ends, one line of level debug each, and what happens to the directory. Requests are too many for a
 * log.
 */
export function logHooks(logger: Logger): GatewayHooks {
  return {
    signedIn: ({ account, device, channelId, remoteIp }) =>
      logger.debug({ account, device, channelId, remoteIp }, "signed in"),
    refused: (status, remoteAddress) => logger.debug({ status, remoteAddress }, "sign-in refused"),
    ended: ({ account, device, channelId }, end) => logger.debug({ account, device, channelId, end }, "session ended"),
    directoryState: (state) => logger[state === "complete" ? "info" : "warn"]({ state }, `the directory is ${state}`),
    restored: (sessions) => logger.warn({ sessions }, "sessions that the directory had lost were put back"),
  };
}

/** Logs errors. */
export function logErrors(logger: Logger): GatewayErrorReporter {
  return (error, { during, session, command }) => {
    const { account, channelId } = session ?? {};
    logger.error({ err: error, during, account, channelId, command }, `error during ${during}`);
  };
}
