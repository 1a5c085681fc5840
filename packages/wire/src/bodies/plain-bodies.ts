import { type FieldKind, text, texts } from "../protobuf/field-kind.js";
import { tableOf } from "../protobuf/message-table.js";
import { tableCodec } from "./table-codec.js";

// The bodies that every client meets, without generated code. `@im/wire/messages` has them too, with all others.

/** Request of login.signin. */
export interface LoginReq {
  /** JWT, HS256. */
  token: string;
  isp: string;
  zone: string;
  /** What the client can do; `im.ext:<name>` names an extension. */
  tags: string[];
}

/** Response of login.signin. */
export interface LoginResp {
  channelId: string;
  account: string;
}

/** Push of login.signin to the channel that a newer sign-in displaces. */
export interface KickoutNotify {
  /** The displaced channel. */
  channelId: string;
}

/** Body of every response whose status is not Success. */
export interface ErrorResp {
  message: string;
}

/** What a message is made from: absent members are empty. */
type Init<Message> = { readonly [Name in keyof Message]?: Message[Name] | undefined };

// The compact command map takes these codecs from here.
export const loginReq = /* @__PURE__ */ plainCodec<LoginReq>("LoginReq", {
  token: text,
  isp: text,
  zone: text,
  tags: texts,
});
export const loginResp = /* @__PURE__ */ plainCodec<LoginResp>("LoginResp", { channelId: text, account: text });
export const kickoutNotify = /* @__PURE__ */ plainCodec<KickoutNotify>("KickoutNotify", { channelId: text });
const errorResp = /* @__PURE__ */ plainCodec<ErrorResp>("ErrorResp", { message: text });

function plainCodec<Message>(
  messageName: string,
  kinds: { readonly [Name in keyof Message]: FieldKind<Message[Name]> },
) {
  return tableCodec<Message, Init<Message>>(messageName, tableOf(kinds));
}

/** As `encodeBody(LoginReqSchema, init)`: absent members are empty. Throws IM_ERR_BODY_INVALID. */
export function encodeLoginReq(init: Init<LoginReq>): Uint8Array {
  return loginReq.encode(init);
}

/** As `decodeBody(LoginReqSchema, body)`, but unknown fields are dropped. Throws IM_ERR_BODY_INVALID. */
export function decodeLoginReq(body: Uint8Array): LoginReq {
  return loginReq.decode(body);
}

/** As `encodeBody(LoginRespSchema, init)`: absent members are empty. Throws IM_ERR_BODY_INVALID. */
export function encodeLoginResp(init: Init<LoginResp>): Uint8Array {
  return loginResp.encode(init);
}

/** As `decodeBody(LoginRespSchema, body)`, but unknown fields are dropped. Throws IM_ERR_BODY_INVALID. */
export function decodeLoginResp(body: Uint8Array): LoginResp {
  return loginResp.decode(body);
}

/** As `encodeBody(KickoutNotifySchema, init)`: absent members are empty. Throws IM_ERR_BODY_INVALID. */
export function encodeKickoutNotify(init: Init<KickoutNotify>): Uint8Array {
  return kickoutNotify.encode(init);
}

/** As `decodeBody(KickoutNotifySchema, body)`, but unknown fields are dropped. Throws IM_ERR_BODY_INVALID. */
export function decodeKickoutNotify(body: Uint8Array): KickoutNotify {
  return kickoutNotify.decode(body);
}

/** As `encodeBody(ErrorRespSchema, init)`: absent members are empty. Throws IM_ERR_BODY_INVALID. */
export function encodeErrorResp(init: Init<ErrorResp>): Uint8Array {
  return errorResp.encode(init);
}

/** As `decodeBody(ErrorRespSchema, body)`, but unknown fields are dropped. Throws IM_ERR_BODY_INVALID. */
export function decodeErrorResp(body: Uint8Array): ErrorResp {
  return errorResp.decode(body);
}
