import { type AbortOptions, type Conn, OpCode } from "@im/transport-core";
import {
  commands,
  createLogicPkt,
  decodeLoginResp,
  Extension,
  encodeLoginReq,
  extensionMetaKeys,
  extensionTag,
  Flag,
  type LogicPkt,
  type LoginReq,
  marshal,
  read,
  Status,
} from "@im/wire";
import { ClientError } from "../errors.js";
import type { Session } from "./client-status.js";
import { errorText } from "./error-text.js";

/** Says whether the last token was refused, so that a cached one is not given again. */
export interface TokenContext extends AbortOptions {
  readonly refused: boolean;
}

/** A token, or what fetches a fresh one for each sign-in. */
export type TokenSource = string | ((context: TokenContext) => string | Promise<string>);

/**
 * Sends login.signin as the first packet of a connection and waits for its answer. Frames that come glued to it are left
 * for the next reader.
 *
 * @throws `IM_ERR_SIGN_IN_REFUSED`, `IM_ERR_SIGN_IN_FAILED`, `IM_ERR_CLOSED`, the reason of an abort, WireErrors
 */
export async function signIn(conn: Conn, login: Partial<LoginReq>, { signal }: AbortOptions): Promise<Session> {
  const tags = [...(login.tags ?? []), extensionTag(Extension.Idempotency)];
  const body = encodeLoginReq({ ...login, tags });
  const request = createLogicPkt({ command: commands.loginSignIn, sequence: 1, body });
  conn.writeFrame(OpCode.Binary, marshal(request));
  conn.flush();
  const response = await responseTo(request, conn, signal);
  if (response.status !== Status.Success) throw refusal(response);
  const { channelId, account } = decodeLoginResp(response.body);
  const extensions = response.meta.filter(({ key }) => key === extensionMetaKeys.confirmed).map(({ value }) => value);
  return { channelId, account, extensions: new Set(extensions) };
}

async function responseTo(request: LogicPkt, conn: Conn, signal: AbortSignal | undefined): Promise<LogicPkt> {
  for (;;) {
    const { opCode, payload } = await conn.readFrame({ signal });
    if (opCode === OpCode.Ping) {
      conn.writeFrame(OpCode.Pong, payload);
      conn.flush();
    }
    if (opCode === OpCode.Ping || opCode === OpCode.Pong || payload.length === 0) continue;
    const packet = read(payload);
    if (packet.kind === "basic") continue;
    if (packet.flag === Flag.Response && packet.sequence === request.sequence) return packet;
  }
}

function refusal(response: LogicPkt): ClientError {
  const { status } = response;
  // Below 300 the fault lies with what we sent: saying it again would not help.
  const code = status < 300 ? "IM_ERR_SIGN_IN_REFUSED" : "IM_ERR_SIGN_IN_FAILED";
  return new ClientError(code, `the sign-in failed with status ${status}: ${errorText(response)}`, { response });
}
