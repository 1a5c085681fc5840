import { type AbortOptions, type Conn, OpCode } from "@im/transport-core";
import { readMessage } from "@im/transport-core/internal";
import {
  BasicCode,
  basicPong,
  type Command,
  createLogicPkt,
  Flag,
  type LogicPkt,
  type Meta,
  MetaType,
  marshal,
  read,
  Status,
} from "@im/wire";
import {
  decodeLoginResp,
  Extension,
  encodeLoginReq,
  extensionMetaKeys,
  extensionTag,
  KICKED_OUT,
  type LoginReq,
} from "@im/wire/codec";
import { ClientError } from "../errors.js";
import type { Session } from "./client-status.js";
import { errorText } from "./error-text.js";

/** Given to a token function. */
export interface TokenContext extends AbortOptions {
  /** Whether its last token was refused or has expired, so that a cached one must not be given again. */
  readonly refused: boolean;
}

/** A token, or a function that gives a fresh one for each sign-in. */
export type TokenSource = string | ((context: TokenContext) => string | Promise<string>);

export interface SignInRequest {
  readonly login: Partial<LoginReq>;
  /** Which device of the account this is, if the application says so. */
  readonly device: string | undefined;
  /** Which `connect` of the application the sign-in belongs to. */
  readonly connectId: string;
  /** Whether the client reconnects by itself, to a server that confirmed the extension `reconnect`. */
  readonly isReconnect: boolean;
}

export interface SignedIn {
  readonly session: Session;
  /** Pushes that were received before the answer, in order. */
  readonly early: readonly LogicPkt[];
}

// Not `commands.loginSignIn`: a page would load the names of all commands.
export const SIGN_IN: Command = "login.signin";
export const SIGN_OUT: Command = "login.signout";
const SEQUENCE = 1;
/** How many pushes may come before the answer. */
const MAX_EARLY_PUSHES = 1_024;
const MAX_EARLY_BYTES = 4 * 1_024 * 1_024;

/**
 * Sends login.signin as the first packet of a connection and waits for its answer. Frames that are received in the same
 * chunk as the answer are left for the next reader.
 *
 * @throws `IM_ERR_SIGN_IN_REFUSED`, `IM_ERR_SIGN_IN_FAILED`, `IM_ERR_KICKED_OUT`, `IM_ERR_PUSH_OVERFLOW`, `IM_ERR_CLOSED`,
 * the reason of an abort, WireErrors
 */
export async function signIn(
  conn: Conn,
  { login, device, connectId, isReconnect }: SignInRequest,
  options: AbortOptions,
): Promise<SignedIn> {
  const tags = [...(login.tags ?? []), ...Object.values(Extension).map(extensionTag)];
  const key = isReconnect ? extensionMetaKeys.reconnectId : extensionMetaKeys.connectId;
  const meta: Meta[] = [{ key, value: connectId, type: MetaType.String }];
  if (device !== undefined) meta.push({ key: extensionMetaKeys.device, value: device, type: MetaType.String });
  const body = encodeLoginReq({ ...login, tags });
  const request = marshal(createLogicPkt({ command: SIGN_IN, sequence: SEQUENCE, meta, body }));
  conn.writeFrame(OpCode.Binary, request);
  const early: LogicPkt[] = [];
  let earlyBytes = 0;
  for (;;) {
    const { payload } = await readMessage(conn, options);
    const packet = read(payload);
    if (packet.kind === "basic") {
      if (packet.code === BasicCode.Ping) conn.writeFrame(OpCode.Binary, marshal(basicPong));
      continue;
    }
    if (isAnswer(packet)) return { session: sessionOf(packet), early };
    earlyBytes += payload.length;
    if (early.push(packet) > MAX_EARLY_PUSHES || earlyBytes > MAX_EARLY_BYTES) {
      throw new ClientError("IM_ERR_PUSH_OVERFLOW", "too many pushes came before the answer to the sign-in");
    }
  }
}

/** kim does not set the flag of a refusal. */
function isAnswer({ command, sequence, flag, status }: LogicPkt): boolean {
  const isBareRefusal = flag === Flag.Request && status !== Status.Success && command === SIGN_IN;
  return sequence === SEQUENCE && (flag === Flag.Response || isBareRefusal);
}

function sessionOf(response: LogicPkt): Session {
  if (endOfSession(response) === KICKED_OUT) throw kickedOut(response);
  if (response.status !== Status.Success) throw refusal(response);
  const { channelId, account } = decodeLoginResp(response.body);
  const extensions = response.meta.filter(({ key }) => key === extensionMetaKeys.confirmed).map(({ value }) => value);
  return { channelId, account, extensions: new Set(extensions) };
}

/** How the session ended, if the gateway itself says that it has. */
export function endOfSession({ status, meta }: LogicPkt): string | undefined {
  if (status !== Status.SessionNotFound) return undefined;
  return meta.find(({ key }) => key === extensionMetaKeys.sessionOver)?.value;
}

export function kickedOut(response?: LogicPkt): ClientError {
  return new ClientError("IM_ERR_KICKED_OUT", "the account has signed in elsewhere", response && { response });
}

function refusal(response: LogicPkt): ClientError {
  const { status } = response;
  // Below 300 the fault lies with what the client sent: sending it again would not help.
  const code = status < 300 ? "IM_ERR_SIGN_IN_REFUSED" : "IM_ERR_SIGN_IN_FAILED";
  return new ClientError(code, `the sign-in failed with status ${status}: ${errorText(response)}`, { response });
}
