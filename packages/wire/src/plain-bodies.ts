import { decodeText, encodeText, type TextMessage } from "./text-body.js";

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

const loginReq: TextMessage<LoginReq> = {
  messageName: "LoginReq",
  fields: ["token", "isp", "zone", "tags"],
  repeated: 4,
};
const loginResp: TextMessage<LoginResp> = {
  messageName: "LoginResp",
  fields: ["channelId", "account"],
  repeated: 0,
};
const kickoutNotify: TextMessage<KickoutNotify> = {
  messageName: "KickoutNotify",
  fields: ["channelId"],
  repeated: 0,
};
const errorResp: TextMessage<ErrorResp> = { messageName: "ErrorResp", fields: ["message"], repeated: 0 };

/** As `encodeBody(LoginReqSchema, init)`: absent members are empty. Throws IM_ERR_BODY_INVALID. */
export function encodeLoginReq(init: Partial<LoginReq>): Uint8Array {
  return encodeText(loginReq, init);
}

/** As `decodeBody(LoginReqSchema, body)`, but unknown fields are dropped. Throws IM_ERR_BODY_INVALID. */
export function decodeLoginReq(body: Uint8Array): LoginReq {
  return decodeText(loginReq, body);
}

/** As `encodeBody(LoginRespSchema, init)`: absent members are empty. Throws IM_ERR_BODY_INVALID. */
export function encodeLoginResp(init: Partial<LoginResp>): Uint8Array {
  return encodeText(loginResp, init);
}

/** As `decodeBody(LoginRespSchema, body)`, but unknown fields are dropped. Throws IM_ERR_BODY_INVALID. */
export function decodeLoginResp(body: Uint8Array): LoginResp {
  return decodeText(loginResp, body);
}

/** As `encodeBody(KickoutNotifySchema, init)`: absent members are empty. Throws IM_ERR_BODY_INVALID. */
export function encodeKickoutNotify(init: Partial<KickoutNotify>): Uint8Array {
  return encodeText(kickoutNotify, init);
}

/** As `decodeBody(KickoutNotifySchema, body)`, but unknown fields are dropped. Throws IM_ERR_BODY_INVALID. */
export function decodeKickoutNotify(body: Uint8Array): KickoutNotify {
  return decodeText(kickoutNotify, body);
}

/** As `encodeBody(ErrorRespSchema, init)`: absent members are empty. Throws IM_ERR_BODY_INVALID. */
export function encodeErrorResp(init: Partial<ErrorResp>): Uint8Array {
  return encodeText(errorResp, init);
}

/** As `decodeBody(ErrorRespSchema, body)`, but unknown fields are dropped. Throws IM_ERR_BODY_INVALID. */
export function decodeErrorResp(body: Uint8Array): ErrorResp {
  return decodeText(errorResp, body);
}
