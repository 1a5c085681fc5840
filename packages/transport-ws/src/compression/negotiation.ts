import * as engine from "ws";
import { type DeflateSettings, MAX_WINDOW_BITS } from "./deflate-options.js";

/** One direction of a connection that has agreed to compress. */
export interface Direction {
  /** The base-2 logarithm of the window. */
  readonly windowBits: number;
  /** Whether a message may refer to those before it. */
  readonly keepsContext: boolean;
}

export interface Agreement {
  readonly fromServer: Direction;
  readonly fromClient: Direction;
}

export interface AcceptedOffer {
  readonly agreement: Agreement;
  /** `Sec-WebSocket-Extensions` of the answer. */
  readonly answer: string;
}

/** An extension's parameters, as `ws` parses them: each name with all its values. */
type RawParameters = Readonly<Record<string, readonly (string | true)[]>>;

interface Parameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  /** True if the parameter has no value, which only an offer may have. */
  readonly clientMaxWindowBits: number | true | undefined;
}

const EXTENSION = "permessage-deflate";
// The types of `ws` lack it.
const { extension } = engine as unknown as {
  extension: { parse(header: string): Readonly<Record<string, readonly RawParameters[]>> };
};

/**
 * Accepts the first offer that the server can (RFC 7692 §5.1, §7.1).
 *
 * @param header `Sec-WebSocket-Extensions` of the request
 * @returns undefined to go on without compression
 * @throws SyntaxError if the header is malformed, which fails the handshake (RFC 6455 §9.1)
 */
export function acceptOffer(header: string, settings: DeflateSettings): AcceptedOffer | undefined {
  for (const offer of extension.parse(header)[EXTENSION] ?? []) {
    const offered = readParameters(offer);
    const agreement = offered && agreeTo(offered, settings);
    if (agreement) return { agreement, answer: answerOf(agreement, offered) };
  }
  return undefined;
}

/**
 * What the server has agreed to (RFC 7692 §7.1). The engine has checked the parameters themselves.
 *
 * @throws if it is less than the dialer asked for
 */
export function readAnswer(header: string, settings: DeflateSettings): Agreement {
  const answer = readParameters(extension.parse(header)[EXTENSION]![0]!)!;
  const serverBits = answer.serverMaxWindowBits ?? MAX_WINDOW_BITS;
  if (settings.serverNoContextTakeover && !answer.serverNoContextTakeover) {
    throw new Error("the server did not agree to server_no_context_takeover");
  }
  if (serverBits > settings.serverMaxWindowBits) throw new Error("the server did not agree to server_max_window_bits");
  return {
    fromServer: { windowBits: serverBits, keepsContext: !answer.serverNoContextTakeover },
    fromClient: {
      windowBits: Math.min(settings.clientMaxWindowBits, Number(answer.clientMaxWindowBits ?? MAX_WINDOW_BITS)),
      keepsContext: !(settings.clientNoContextTakeover || answer.clientNoContextTakeover),
    },
  };
}

/** The options with which the engine makes a dialer's offer. */
export function offerOf(settings: DeflateSettings): engine.PerMessageDeflateOptions {
  const { serverNoContextTakeover, serverMaxWindowBits, clientNoContextTakeover, clientMaxWindowBits } = settings;
  return {
    ...(serverNoContextTakeover && { serverNoContextTakeover }),
    ...(clientNoContextTakeover && { clientNoContextTakeover }),
    ...(serverMaxWindowBits < MAX_WINDOW_BITS && { serverMaxWindowBits }),
    ...(clientMaxWindowBits < MAX_WINDOW_BITS && { clientMaxWindowBits }),
  };
}

/** Undefined for an unknown parameter, a repeated one and an invalid value: such an offer is declined (§7.1). */
function readParameters(raw: RawParameters): Parameters | undefined {
  const known = Object.entries(raw).every(([name, values]) => values.length === 1 && isValid(name, values[0]!));
  if (!known) return undefined;
  const { client_max_window_bits: [clientBits] = [], server_max_window_bits: [serverBits] = [] } = raw;
  return {
    serverNoContextTakeover: "server_no_context_takeover" in raw,
    clientNoContextTakeover: "client_no_context_takeover" in raw,
    serverMaxWindowBits: serverBits === undefined ? undefined : Number(serverBits),
    clientMaxWindowBits: clientBits === undefined || clientBits === true ? clientBits : Number(clientBits),
  };
}

function isValid(name: string, value: string | true): boolean {
  const isBits = value !== true && /^(?:[89]|1[0-5])$/.test(value);
  if (name === "server_no_context_takeover" || name === "client_no_context_takeover") return value === true;
  if (name === "server_max_window_bits") return isBits;
  return name === "client_max_window_bits" && (value === true || isBits);
}

function agreeTo(offered: Parameters, settings: DeflateSettings): Agreement | undefined {
  const { clientMaxWindowBits, serverMaxWindowBits = MAX_WINDOW_BITS } = offered;
  // Without the parameter the client does not understand a limit (§7.1.2.2).
  if (clientMaxWindowBits === undefined && settings.clientMaxWindowBits < MAX_WINDOW_BITS) return undefined;
  const clientBits = typeof clientMaxWindowBits === "number" ? clientMaxWindowBits : MAX_WINDOW_BITS;
  return {
    fromServer: {
      windowBits: Math.min(settings.serverMaxWindowBits, serverMaxWindowBits),
      keepsContext: !(settings.serverNoContextTakeover || offered.serverNoContextTakeover),
    },
    fromClient: {
      windowBits: Math.min(settings.clientMaxWindowBits, clientBits),
      keepsContext: !(settings.clientNoContextTakeover || offered.clientNoContextTakeover),
    },
  };
}

function answerOf({ fromServer, fromClient }: Agreement, offered: Parameters): string {
  const parts = [EXTENSION];
  if (!fromServer.keepsContext) parts.push("server_no_context_takeover");
  if (!fromClient.keepsContext) parts.push("client_no_context_takeover");
  if (fromServer.windowBits < MAX_WINDOW_BITS || offered.serverMaxWindowBits !== undefined) {
    parts.push(`server_max_window_bits=${fromServer.windowBits}`);
  }
  if (fromClient.windowBits < MAX_WINDOW_BITS) parts.push(`client_max_window_bits=${fromClient.windowBits}`);
  return parts.join("; ");
}
