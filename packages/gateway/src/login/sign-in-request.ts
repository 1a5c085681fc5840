import { commands, Flag, getMetaString, type LogicPkt, Status } from "@im/wire";
import {
  decodeLoginReq,
  Extension,
  extensionMetaKeys,
  extensionsOf,
  type LoginReq,
  MAX_CONNECT_ID_LENGTH,
  MAX_DEVICE_LENGTH,
} from "@im/wire/codec";
import { MAX_LOGIN_BYTES, MAX_LOGIN_TAGS, MAX_LOGIN_UNITS } from "../defaults.js";
import type { Login } from "./authenticate.js";
import { Refusal } from "./refusal.js";

/** What the first packet of a connection asks for. */
export interface SignInRequest {
  readonly login: Login;
  /** The extensions that the client names and this gateway knows. */
  readonly extensions: ReadonlySet<string>;
  /** What all sign-ins of one `connect` of an application share; empty if the client does not say. */
  readonly connectId: string;
  /** Whether the client comes back by itself. */
  readonly isReconnect: boolean;
}

/** @param known the extensions that this gateway confirms @throws `Refusal` if it is not a sign-in, or too large */
export function parseSignIn(packet: LogicPkt, known: readonly string[]): SignInRequest {
  if (packet.command !== commands.loginSignIn || packet.flag !== Flag.Request) {
    throw new Refusal(Status.InvalidCommand, `the first packet must be a request ${commands.loginSignIn}`);
  }
  const { token, isp, zone, tags } = loginReqOf(packet);
  const device = idOf(packet, extensionMetaKeys.device, "the device", MAX_DEVICE_LENGTH);
  const named = extensionsOf(tags);
  const extensions = new Set(known.filter((name) => named.has(name)));
  const login = { token, isp, zone, tags, device };
  if (!extensions.has(Extension.Reconnect)) return { login, extensions, connectId: "", isReconnect: false };
  const connectIdIn = (key: string) => idOf(packet, key, "the id of a connect", MAX_CONNECT_ID_LENGTH);
  const returning = connectIdIn(extensionMetaKeys.reconnectId);
  const connectId = returning ?? connectIdIn(extensionMetaKeys.connectId) ?? "";
  return { login, extensions, connectId, isReconnect: returning !== undefined };
}

function loginReqOf({ body }: LogicPkt): LoginReq {
  if (body.length > MAX_LOGIN_BYTES) {
    throw new Refusal(Status.InvalidPacketBody, `a LoginReq has at most ${MAX_LOGIN_BYTES} bytes`);
  }
  let login: LoginReq;
  try {
    login = decodeLoginReq(body);
  } catch (cause) {
    throw new Refusal(Status.InvalidPacketBody, "the body is no LoginReq", cause);
  }
  const { zone, isp, tags } = login;
  const units = tags.reduce((sum, tag) => sum + tag.length, zone.length + isp.length);
  if (tags.length <= MAX_LOGIN_TAGS && units <= MAX_LOGIN_UNITS) return login;
  const rule = `a LoginReq has at most ${MAX_LOGIN_TAGS} tags, and ${MAX_LOGIN_UNITS} units in zone, isp and tags`;
  throw new Refusal(Status.InvalidPacketBody, rule);
}

/** A string in a meta; undefined if there is none. */
function idOf(packet: LogicPkt, key: string, what: string, maxLength: number): string | undefined {
  let id: string | undefined;
  try {
    id = getMetaString(packet, key);
  } catch (cause) {
    throw new Refusal(Status.InvalidPacketBody, `${what} must be a string`, cause);
  }
  if (id === undefined || (id !== "" && id.length <= maxLength)) return id;
  throw new Refusal(Status.InvalidPacketBody, `${what} must have 1 to ${maxLength} units`);
}
