import type { IncomingMessage } from "node:http";
import { CloseCode, type Dialer, TransportError } from "@im/transport-core";
import { createConnFactory } from "@im/transport-core/authoring";
import {
  checkHasMethods,
  checkLimit,
  connOptionNames,
  reasonOf,
  rejectUnknownOptions,
  shownAddress,
} from "@im/transport-core/internal";
import {
  checkTlsDialerOptions,
  connectOptionNames,
  connectSocket,
  dialHost,
  netConnectOptions,
} from "@im/transport-core/node";
import { resolveDeflate } from "./compression/deflate-options.js";
import { DialerCompression } from "./compression/dialer-compression.js";
import { retryAfterSeconds } from "./retry-after.js";
import { checkProtocols } from "./subprotocols.js";
import { engineOptions, UpgradedWebSocket } from "./upgraded-web-socket.js";
import { isSecure, parseWsAddress, socketAddressOf } from "./ws-address.js";
import { WsConnDriver } from "./ws-conn-driver.js";
import { wsDefaults } from "./ws-defaults.js";
import type { WsDialerOptions } from "./ws-options.js";

const optionNames = [
  ...connOptionNames,
  ...connectOptionNames,
  "agent",
  "headers",
  "protocols",
  "tls",
  "maxFragments",
  "perMessageDeflate",
];

/**
 * A Dialer for `ws://` and `wss://` addresses; `host:port` means `ws://host:port/`.
 *
 * @throws `IM_ERR_INVALID_OPTION`
 */
export function wsDialer(options: WsDialerOptions = {}): Dialer {
  rejectUnknownOptions(options, optionNames);
  const createConn = createConnFactory(options);
  const { agent, tls, maxFragments = wsDefaults.maxFragments } = options;
  checkLimit("maxFragments", maxFragments);
  checkTlsDialerOptions(tls);
  checkHasMethods("agent", agent, ["addRequest"]);
  const connectOptions = netConnectOptions(options);
  const headers = { ...options.headers };
  const protocols = checkProtocols(options);
  const deflate = resolveDeflate(options.perMessageDeflate);
  const compression = deflate && new DialerCompression(deflate);
  return {
    async dialAndHandshake(context) {
      const url = parseWsAddress(context.address);
      return dialHost(context, ({ opened, failed }, watch) => {
        const createConnection = () => {
          const where = socketAddressOf(url);
          const socket = connectSocket(where, connectOptions, isSecure(url) ? { ...tls } : undefined);
          watch(socket, where);
          return socket;
        };
        let webSocket: UpgradedWebSocket;
        try {
          webSocket = new UpgradedWebSocket(url, protocols, {
            ...engineOptions,
            ...compression?.engineOptions,
            ...(agent ? { ...connectOptions, ...tls, agent } : { createConnection }),
            headers,
          });
        } catch (cause) {
          throw new TransportError("IM_ERR_INVALID_OPTION", `cannot dial: ${(cause as Error).message}`, { cause });
        }
        const wrap = compression?.follow(webSocket);
        webSocket.once("open", () => {
          const driver = new WsConnDriver(webSocket.handedOver!, { isServer: false, maxFragments });
          try {
            opened(createConn(wrap?.(driver) ?? driver));
          } catch (cause) {
            driver.destroy();
            failed(dialError(context.address, cause as Error));
          }
        });
        webSocket.once("unexpected-response", (_request, response) => {
          failed(refused(context.address, response));
          webSocket.terminate();
        });
        webSocket.on("error", (cause) => failed(dialError(context.address, cause)));
        return () => {
          // A WebSocket that has handed its socket over cannot terminate it any more.
          if (!webSocket.handedOver) webSocket.terminate();
        };
      });
    },
  };
}

function refused(address: string, { statusCode, statusMessage, headers }: IncomingMessage): TransportError {
  const answer = `${statusCode} ${statusMessage ?? ""}`.trim();
  const message = `${shownAddress(address)} answered the upgrade with ${answer}`;
  const seconds = retryAfterSeconds(headers);
  if (seconds === undefined) return new TransportError("IM_ERR_HANDSHAKE", message);
  // As the Close of a server that takes no more connections.
  const closeInfo = { code: CloseCode.TryAgainLater, reason: `Retry-After: ${seconds}`, clean: false };
  return new TransportError("IM_ERR_HANDSHAKE", message, { closeInfo });
}

function dialError(address: string, cause: Error & { syscall?: string }): TransportError {
  const where = shownAddress(address);
  // The system's own calls fail before there is a connection.
  if (cause.syscall === "connect" || cause.syscall === "getaddrinfo" || cause instanceof AggregateError) {
    return new TransportError("IM_ERR_CONNECT", `connecting to ${where} failed: ${reasonOf(cause)}`, { cause });
  }
  return new TransportError("IM_ERR_HANDSHAKE", `the handshake with ${where} failed: ${reasonOf(cause)}`, { cause });
}
