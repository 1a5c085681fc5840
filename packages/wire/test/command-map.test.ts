import { describe, expect, expectTypeOf, it } from "vitest";
import { Extension, extensionsOf, extensionTag } from "../src/codec.js";
import {
  type BodyCodec,
  type CommandMap,
  commands,
  type PushInitOf,
  type RequestInitOf,
  type RequestOf,
  type ResponseOf,
  WireError,
} from "../src/index.js";
import {
  commandBodies,
  commandMap,
  type GroupCreateReq,
  GroupCreateReqSchema,
  type MessageReq,
  type MessageResp,
  messageCodec,
} from "../src/messages.js";

describe("the command map", () => {
  it("has every command, with a codec wherever there is a message", () => {
    expect(Object.keys(commandMap).sort()).toEqual(Object.values(commands).sort());
    for (const command of Object.values(commands)) {
      const { request, response, push } = commandMap[command];
      const bodies = commandBodies[command];
      const has = [request, response, push].map((codec) => codec !== undefined);
      expect(has).toEqual([bodies.request, bodies.response, bodies.push].map((schema) => schema !== undefined));
    }
  });

  it("writes and reads what encodeBody and decodeBody do", () => {
    const { request } = commandMap["chat.user.talk"];
    expect(request.decode(request.encode({ type: 1, body: "hello" }))).toMatchObject({ type: 1, body: "hello" });
    expect(() => request.decode(Uint8Array.of(0xff))).toThrow(WireError);
  });

  it("says which commands need a dest: the two talks", () => {
    const needing = Object.values(commands).filter((command) => commandMap[command].needsDest);
    expect(needing).toEqual([commands.chatUserTalk, commands.chatGroupTalk]);
  });

  it("is extended by spreading, and types follow", () => {
    const move: BodyCodec<{ x: number }> = {
      encode: ({ x }) => Uint8Array.of(x),
      decode: (body) => ({ x: body[0] ?? 0 }),
    };
    const game = {
      ...commandMap,
      "game.move": { request: move, push: move },
      "game.create": { request: messageCodec(GroupCreateReqSchema) },
    } satisfies CommandMap;
    type Game = typeof game;
    expectTypeOf<RequestOf<Game, "chat.user.talk">>().toEqualTypeOf<MessageReq>();
    expectTypeOf<ResponseOf<Game, "chat.user.talk">>().toEqualTypeOf<MessageResp>();
    expectTypeOf<RequestOf<Game, "login.signout">>().toEqualTypeOf<undefined>();
    expectTypeOf<RequestOf<Game, "game.create">>().toEqualTypeOf<GroupCreateReq>();
    expectTypeOf<RequestInitOf<Game, "game.move">>().toEqualTypeOf<{ x: number }>();
    expectTypeOf<PushInitOf<Game, "game.move">>().toEqualTypeOf<{ x: number }>();
    expectTypeOf<ResponseOf<Game, "game.move">>().toEqualTypeOf<undefined>();
    expect(game["game.move"].request.decode(game["game.move"].push.encode({ x: 7 }))).toEqual({ x: 7 });
  });
});

describe("extensions", () => {
  it("are named in the tags, each once, between tags of the application", () => {
    const tags = ["beta", extensionTag(Extension.Idempotency), "im.ext:other", "im.ext:idem", "my im.ext:no"];
    expect([...extensionsOf(tags)]).toEqual(["idem", "other"]);
  });
});
