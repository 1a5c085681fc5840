import { createImClient } from "@im/client";
import { type BodyCodec, type CommandMap, commands } from "@im/wire";
import { commandMap, type MessagePush, type MessageResp } from "@im/wire/messages";
import { expect, expectTypeOf, it, vi } from "vitest";
import { openImClient } from "../support/open-im-client.js";
import { TestGateway } from "../support/test-gateway.js";
import { tcp } from "../support/transports.js";
import { bytes, text } from "../support/waiting.js";

interface Move {
  readonly x: number;
  readonly y: number;
}
const json = <T>(): BodyCodec<T> => ({
  encode: (value) => bytes(JSON.stringify(value)),
  decode: (body) => JSON.parse(text(body)),
});
const game = {
  ...commandMap,
  "game.move": { request: json<Move>(), response: json<{ readonly score: number }>(), push: json<Move>() },
  "game.leave": {},
} satisfies CommandMap;

it("commands of the map are checked by the compiler, an application's own as well", async () => {
  const gateway = await TestGateway.start(tcp);
  const client = openImClient(gateway, { commands: game, onError: () => {} });
  // Never run: only types count here.
  const check = async () => {
    const talk = await client.request(commands.chatUserTalk, { type: 1, body: "hi" }, { dest: "bob" });
    expectTypeOf(talk.body).toEqualTypeOf<MessageResp>();
    const move = await client.request("game.move", { x: 1, y: 2 });
    expectTypeOf(move.body).toEqualTypeOf<{ readonly score: number }>();
    expectTypeOf(move.status).toExtend<number>();
    expectTypeOf((await client.request("game.leave")).body).toEqualTypeOf<Uint8Array | undefined>();
    expectTypeOf((await client.request("unheard.of", bytes("raw"))).body).toEqualTypeOf<Uint8Array>();
    await client.request("game.move", bytes("an encoded body is sent as it is"));
    client.on("chat.user.talk", ({ body }) => expectTypeOf(body).toEqualTypeOf<MessagePush>());
    // It may be a command of the map or not.
    const anyCommand: string = "game.move";
    expectTypeOf((await client.request(anyCommand, bytes("raw"))).body).toEqualTypeOf<unknown>();
    const anyMove = "game.move" as `game.${string}`;
    expectTypeOf((await client.request(anyMove, bytes("raw"))).body).toEqualTypeOf<unknown>();
    client.on(anyCommand, ({ body }) => expectTypeOf(body).toEqualTypeOf<unknown>());
    const raw = createImClient({ dialer: tcp.dialer(), addresses: "x", token: "alice" });
    expectTypeOf((await raw.request(anyCommand)).body).toEqualTypeOf<Uint8Array>();
    client.on("game.move", ({ body }) => expectTypeOf(body).toEqualTypeOf<Move>());
    client.on("unheard.of", ({ body }) => expectTypeOf(body).toEqualTypeOf<Uint8Array>());
    for await (const { body } of client.pushes("game.move")) expectTypeOf(body).toEqualTypeOf<Move>();
    // @ts-expect-error y is missing
    await client.request("game.move", { x: 1 });
    // @ts-expect-error no such member
    await client.request(commands.chatUserTalk, { type: 1, text: "hi" });
    // @ts-expect-error the body is missing
    await client.request("game.move");
    // @ts-expect-error what has no codec takes bytes
    await client.request("unheard.of", { x: 1 });
    // @ts-expect-error no such option
    await client.request("game.move", { x: 1, y: 2 }, { timeout: 1 });
    // @ts-expect-error the token is missing
    createImClient({ dialer: tcp.dialer(), addresses: "x" });
  };
  expect(check).toBeTypeOf("function");

  await client.connect();
  expect((await client.request("game.move", { x: 1, y: 2 })).body).toEqual({ x: 1, y: 2 });
  expect((await client.request("game.leave")).body).toBeUndefined();
  const moves: Move[] = [];
  client.on("game.move", ({ body }) => void moves.push(body));
  gateway.push("game.move", '{"x":3,"y":4}');
  await vi.waitFor(() => expect(moves).toEqual([{ x: 3, y: 4 }]));
});

it("a codec that gives no bytes, or aborts the request, makes it fail before anything is sent", async () => {
  const gateway = await TestGateway.start(tcp);
  const controller = new AbortController();
  const encode = (what: string) => {
    if (what === "abort") controller.abort(new Error("enough"));
    return what === "text" ? (what as never) : bytes(what);
  };
  const client = openImClient(gateway, { commands: { "a.b": { request: { encode, decode: text } } } });
  await client.connect();
  for (const idempotent of [true, false]) {
    const refused = client.request("a.b", "text", { idempotent });
    await expect(refused).rejects.toMatchObject({
      code: "IM_ERR_INVALID_OPTION",
      message: expect.stringContaining("a.b"),
    });
  }
  await expect(client.request("a.b", "abort", { signal: controller.signal })).rejects.toThrow("enough");
  expect(gateway.requests).toEqual([]);
});

it("a body that is invalid for its command is refused before anything is sent", async () => {
  const gateway = await TestGateway.start(tcp);
  const client = openImClient(gateway, { commands: game });
  await client.connect();
  await expect(client.request(commands.chatUserTalk, { body: "\ud800" })).rejects.toMatchObject({
    code: "IM_ERR_BODY_INVALID",
  });
  await expect(client.request("unheard.of", "text" as never)).rejects.toMatchObject({ code: "IM_ERR_INVALID_OPTION" });
  await expect(client.request("__proto__", {} as never)).rejects.toMatchObject({ code: "IM_ERR_INVALID_OPTION" });
  expect(gateway.requests).toEqual([]);
});

it("bytes that come where the map has no codec are given as they are", async () => {
  const gateway = await TestGateway.start(tcp);
  const client = openImClient(gateway, { commands: { "a.b": {} } });
  await client.connect();
  const { body } = await client.request("a.b", bytes("as they are"));
  expect(text(body as Uint8Array)).toBe("as they are");
  const pushed = new Promise((resolve) => client.on("a.b", ({ body }) => resolve(body)));
  gateway.push("a.b", "pushed");
  expect(text((await pushed) as Uint8Array)).toBe("pushed");
});

it("options of a request are checked by name, and nothing is sent", async () => {
  const gateway = await TestGateway.start(tcp);
  const client = openImClient(gateway);
  await client.connect();
  const bad = { timeout: 5, Dest: "bob", timeoutMs: -1, dest: 5, meta: {}, signal: {}, idempotent: 1 };
  for (const [name, value] of Object.entries(bad)) {
    for (const idempotent of [false, true]) {
      await expect(client.request("a.b", undefined, { idempotent, [name]: value }), name).rejects.toMatchObject({
        code: "IM_ERR_INVALID_OPTION",
        message: expect.stringContaining(name),
      });
    }
  }
  expect(gateway.requests).toEqual([]);
  const absent = { dest: null, meta: null, signal: null, timeoutMs: undefined, idempotent: null };
  await client.request("a.b", undefined, absent as never);
});
