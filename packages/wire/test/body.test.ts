import { create, type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { type Command, commands } from "@im/wire";
import {
  commandBodies,
  decodeBody,
  ErrorRespSchema,
  encodeBody,
  GroupGetRespSchema,
  LoginReqSchema,
  MessageAckReqSchema,
  MessageContentReqSchema,
  MessageIndexRespSchema,
  MessagePushSchema,
  MessageReqSchema,
  MessageRespSchema,
} from "@im/wire/messages";
import { describe, expect, expectTypeOf, it } from "vitest";
import { fromHex, toHex } from "./vectors.js";

const bad = expect.objectContaining({ name: "WireError", code: "IM_ERR_BODY_INVALID" });

describe("encodeBody and decodeBody", () => {
  it("give back what they were given", () => {
    const init = { messageId: 2n ** 62n, type: 1, body: "你好", sender: "ann", sendTime: -1n };
    const body = encodeBody(MessagePushSchema, init);
    expect(decodeBody(MessagePushSchema, body)).toEqual(create(MessagePushSchema, init));
  });

  it("read 64-bit ids as bigint, exactly", () => {
    const { messageId } = decodeBody(MessageRespSchema, fromHex("08ffffffffffffffff7f"));
    expect(messageId).toBe(9223372036854775807n);
    expectTypeOf(messageId).toEqualTypeOf<bigint>();
  });

  it("take an empty body for a message of defaults, as protobuf does", () => {
    expect(decodeBody(LoginReqSchema, new Uint8Array(0))).toEqual(create(LoginReqSchema));
  });

  it("keep a leading byte-order mark and NULs", () => {
    const init = { message: "\ufeffa\0" };
    expect(decodeBody(ErrorRespSchema, encodeBody(ErrorRespSchema, init)).message).toBe(init.message);
  });

  it("keep unknown fields", () => {
    const body = fromHex("0a0161a00605");
    expect(toHex(encodeBody(ErrorRespSchema, decodeBody(ErrorRespSchema, body)))).toBe("0a0161a00605");
  });

  it("write repeated ids packed and read them either way", () => {
    const messageIds = [1n, 300n];
    expect(toHex(encodeBody(MessageContentReqSchema, { messageIds }))).toBe("0a0301ac02");
    for (const hex of ["0a0301ac02", "080108ac02"]) {
      expect(decodeBody(MessageContentReqSchema, fromHex(hex)).messageIds).toEqual(messageIds);
    }
  });
});

describe("a body that does not parse is a coded error with its cause", () => {
  it.each<[string, DescMessage, string]>([
    ["cut inside a string", ErrorRespSchema, "0a0561"],
    ["invalid UTF-8", ErrorRespSchema, "0a01ff"],
    ["a surrogate half in UTF-8", ErrorRespSchema, "0a03eda080"],
    ["a varint above 64 bits", MessageAckReqSchema, "08ffffffffffffffffff02"],
    ["packed ids cut inside one", MessageContentReqSchema, "0a0180"],
    [
      "a nested message that runs over its end, which protobuf-es alone accepts",
      MessageIndexRespSchema,
      "0a0208800a00",
    ],
    ["a nested field of another wire type", GroupGetRespSchema, "32020801"],
    ["an unbalanced group", ErrorRespSchema, "4b"],
    ["field number 0", ErrorRespSchema, "0001"],
  ])("%s", (_, schema, hex) => {
    expect(() => decodeBody(schema, fromHex(hex))).toThrow(bad);
    expect(() => decodeBody(schema, fromHex(hex))).toThrow(expect.objectContaining({ cause: expect.any(Error) }));
  });

  // fromBinary takes these without a word; kim refuses those that are cut and takes the others for unknown fields.
  it.each<[string, DescMessage, string]>([
    ["a string sent as a number", ErrorRespSchema, "0800"],
    ["a number sent as a string", MessageAckReqSchema, "0a020801"],
    ["a number sent as fixed32", MessageAckReqSchema, "0d81010801"],
    ["a nested string sent as a number", GroupGetRespSchema, "32020800"],
    ["a varint cut by the end of its nested message", MessageIndexRespSchema, "0a0208800a"],
    ["packed ids that run over their end", MessageContentReqSchema, "0a018012088080808080808001"],
  ])("what protobuf-es alone would misread: %s", (_, schema, hex) => {
    expect(() => fromBinary(schema, fromHex(hex))).not.toThrow();
    expect(() => decodeBody(schema, fromHex(hex))).toThrow(bad);
  });

  it("no Uint8Array at all", () => {
    expect(() => decodeBody(ErrorRespSchema, "0a0161" as unknown as Uint8Array)).toThrow(
      expect.objectContaining({ code: "IM_ERR_WIRE_ARGUMENT" }),
    );
  });
});

describe("a body that cannot be written is a coded error", () => {
  it("fault 16: a lone surrogate, nested and repeated too", () => {
    expect(() => encodeBody(ErrorRespSchema, { message: "a\ud800" })).toThrow(bad);
    expect(() => encodeBody(LoginReqSchema, { tags: ["web", "\udc00"] })).toThrow(bad);
    expect(() => encodeBody(GroupGetRespSchema, { members: [{ account: "ann", alias: "\ud800" }] })).toThrow(bad);
  });

  it("a number out of range", () => {
    expect(() => encodeBody(MessageReqSchema, { type: 2 ** 31 })).toThrow(bad);
    expect(() => encodeBody(MessageAckReqSchema, { messageId: 2n ** 63n })).toThrow(bad);
  });
});

describe("commandBodies", () => {
  // Request, response and push of each command, by the names of the messages in kim.
  const expected: Record<Command, [string?, string?, string?]> = {
    "login.signin": ["LoginReq", "LoginResp", "KickoutNotify"],
    "login.signout": [],
    "chat.user.talk": ["MessageReq", "MessageResp", "MessagePush"],
    "chat.group.talk": ["MessageReq", "MessageResp", "MessagePush"],
    "chat.talk.ack": ["MessageAckReq"],
    "chat.offline.index": ["MessageIndexReq", "MessageIndexResp"],
    "chat.offline.content": ["MessageContentReq", "MessageContentResp"],
    "chat.group.create": ["GroupCreateReq", "GroupCreateResp", "GroupCreateNotify"],
    "chat.group.join": ["GroupJoinReq"],
    "chat.group.quit": ["GroupQuitReq"],
    "chat.group.members": [],
    "chat.group.detail": ["GroupGetReq", "GroupGetResp"],
  };

  it("knows every command and no other", () => {
    expect(Object.keys(commandBodies).sort()).toEqual(Object.values(commands).sort());
  });

  it.each(Object.values(commands))("%s", (command) => {
    const { request, response, push } = commandBodies[command];
    const [wantedRequest, wantedResponse, wantedPush] = expected[command];
    expect([request?.name, response?.name, push?.name]).toEqual([wantedRequest, wantedResponse, wantedPush]);
  });

  it("is typed: the body of a command's packet is known at compile time", () => {
    const { request } = commandBodies[commands.chatUserTalk];
    expectTypeOf<MessageShape<typeof request>>().toHaveProperty("extra").toEqualTypeOf<string>();
    expectTypeOf(commandBodies[commands.loginSignOut].request).toEqualTypeOf<undefined>();
  });
});
