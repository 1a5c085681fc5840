import { createTcpServer } from "@im/transport-tcp";
import type { BodyCodec } from "@im/wire";
import { commandMap, type MessageReq } from "@im/wire/messages";
import { expectTypeOf, it } from "vitest";
import { createGateway } from "../src/index.js";

const move: BodyCodec<{ x: number }> = {
  encode: ({ x }) => Uint8Array.of(x),
  decode: (body) => ({ x: body[0] ?? 0 }),
};

it("bodies are typed by the command map, and data by authenticate", () => {
  const gateway = createGateway({
    servers: [createTcpServer()],
    commands: { ...commandMap, "game.move": { request: move, push: move } },
    authenticate: ({ token }) => ({ account: token, data: { level: 7 } }),
  });
  gateway.handle("chat.user.talk", (ctx) => {
    expectTypeOf(ctx.body).toEqualTypeOf<MessageReq>();
    expectTypeOf(ctx.session.data).toEqualTypeOf<{ level: number }>();
    ctx.respond({ messageId: 1n });
    ctx.respond(new Uint8Array());
    // @ts-expect-error: an id is a bigint
    ctx.respond({ messageId: 1 });
    // @ts-expect-error: this response has a body
    ctx.respond();
  });
  gateway.handle("game.move", (ctx) => {
    expectTypeOf(ctx.body).toEqualTypeOf<{ x: number }>();
    ctx.respond();
    // @ts-expect-error: this response is empty
    ctx.respond({ x: 1 });
    void ctx.push("bob", "game.move", { x: 1 });
    // @ts-expect-error: no push of game.move
    void ctx.push("bob", "game.move", { y: 1 });
    void ctx.push("bob", "any.other", new Uint8Array());
  });
  gateway.handleRaw("any.other", (ctx) => {
    expectTypeOf(ctx.body).toEqualTypeOf<Uint8Array>();
  });
  expectTypeOf(() => gateway.broadcast("game.move", { x: 1 })).toBeFunction();
  // @ts-expect-error: no push of game.move
  expectTypeOf(() => gateway.broadcast("game.move", { y: 1 })).toBeFunction();
  for (const session of gateway.sessions()) expectTypeOf(session.data).toEqualTypeOf<{ level: number }>();
  // @ts-expect-error: not in the map
  expectTypeOf(() => gateway.handle("any.typo", () => {})).toBeFunction();
});

it("without a map there are raw handlers only", () => {
  const gateway = createGateway({ servers: [createTcpServer()], authenticate: ({ token }) => ({ account: token }) });
  gateway.handleRaw("chat.user.talk", (ctx) => ctx.respond(ctx.body));
  // @ts-expect-error: no map, no typed command
  expectTypeOf(() => gateway.handle("chat.user.talk", () => {})).toBeFunction();
});

it("handlers, middleware and listeners may return anything", () => {
  const gateway = createGateway({
    servers: [createTcpServer()],
    commands: commandMap,
    authenticate: ({ token }) => ({ account: token }),
    hooks: { signedIn: () => 1, ended: async () => "ended" },
    onError: () => false,
  });
  gateway.handleRaw("any.one", (ctx) => ctx.respond(ctx.body));
  gateway.handle("chat.talk.ack", async (ctx) => ctx.respond());
  gateway.use(async (ctx, next) => {
    const result = await next(ctx);
    expectTypeOf(result).toBeUnknown();
    return ctx.status;
  });
  gateway.presence.on("online", (account) => account.length);
});
