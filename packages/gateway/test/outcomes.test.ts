import { stat } from "node:fs/promises";
import { BasicCode, commands, createLogicPkt, Flag, getMetaString, type LogicPkt, marshal, Status } from "@im/wire";
import { createBasicPkt, DEFAULT_MAX_HEADER_BYTES, decodeErrorResp, extensionMetaKeys } from "@im/wire/codec";
import { decodeBody, encodeBody, MessageReqSchema, MessageRespSchema } from "@im/wire/messages";
import { describe, expect, it, vi } from "vitest";
import { PacketPeer } from "./support/packet-peer.js";
import { type Started, startGateway } from "./support/started-gateway.js";
import { gate } from "./support/within.js";

const talk = {
  command: commands.chatUserTalk,
  dest: "bob",
  body: encodeBody(MessageReqSchema, { type: 1, body: "hi" }),
};
const messageOf = (response: LogicPkt) => decodeErrorResp(response.body).message;
const codesOf = ({ errors }: Started) => errors.map(({ error }) => (error as { code?: string }).code);

describe("a request", () => {
  it("that is answered: the response copies command, channelId, sequence and dest", async () => {
    const { ws } = await startGateway((gateway) => {
      gateway.handle(commands.chatUserTalk, (ctx) => {
        ctx.respond({ messageId: 7n, sendTime: ctx.body.body === "hi" ? 1n : 0n });
      });
    });
    const alice = await PacketPeer.signIn(ws, "alice");
    const response = await alice.request({ ...talk, channelId: "mine" });
    expect(response).toMatchObject({ command: talk.command, channelId: "mine", dest: "bob", status: Status.Success });
    expect(decodeBody(MessageRespSchema, response.body)).toMatchObject({ messageId: 7n, sendTime: 1n });
  });

  it("of sequence 0 is answered with sequence 0", async () => {
    const { tcp } = await startGateway((gateway) => gateway.handleRaw("a.b", (ctx) => ctx.respond()));
    const alice = await PacketPeer.signIn(tcp, "alice");
    alice.sendBytes(marshal(createLogicPkt({ command: "a.b", sequence: 0 })));
    expect(await alice.logic()).toMatchObject({ sequence: 0, flag: Flag.Response, status: Status.Success });
  });

  it("gives raw bodies as they are, both ways", async () => {
    const { tcp } = await startGateway((gateway) => {
      gateway.handleRaw("echo.it", async (ctx) => ctx.respond(ctx.body));
    });
    const alice = await PacketPeer.signIn(tcp, "alice");
    const { body } = await alice.request({ command: "echo.it", body: Uint8Array.of(0, 1, 255) });
    expect([...body]).toEqual([0, 1, 255]);
  });

  it("gives bytes as they are where the command map has no codec for them", async () => {
    const bodies: unknown[] = [];
    const { tcp } = await startGateway((gateway) => {
      gateway.handle(commands.groupMembers, (ctx) => {
        bodies.push(ctx.body && [...ctx.body]);
        ctx.respond();
      });
    });
    const alice = await PacketPeer.signIn(tcp, "alice");
    await alice.request({ command: commands.groupMembers, body: Uint8Array.of(1, 2) });
    await alice.request({ command: commands.groupMembers });
    expect(bodies).toEqual([[1, 2], undefined]);
  });

  it.each([
    ["of an unknown command", { command: "no.such" }, Status.NotImplemented],
    ["of an inherited name", { command: "__proto__" }, Status.NotImplemented],
    ["whose body does not parse", { ...talk, body: Uint8Array.of(0xff) }, Status.InvalidPacketBody],
    ["without a dest that it needs", { ...talk, dest: "" }, Status.NoDestination],
    ["that signs in again", { command: commands.loginSignIn }, Status.InvalidCommand],
    ["that is a response", { ...talk, flag: Flag.Response }, Status.InvalidCommand],
    ["that is a push", { ...talk, flag: Flag.Push }, Status.InvalidCommand],
  ])("%s is answered with its status, and the next is served", async (_, request, status) => {
    const { ws, errors } = await startGateway((gateway) => {
      gateway.handle(commands.chatUserTalk, (ctx) => ctx.respond({ messageId: 1n }));
    });
    const alice = await PacketPeer.signIn(ws, "alice");
    const response = await alice.request(request);
    expect(response).toMatchObject({ status, command: request.command });
    expect(messageOf(response)).not.toBe("");
    expect((await alice.request(talk)).status).toBe(Status.Success);
    expect(errors).toEqual([]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("password of the store is 1234");
      },
    ],
    ["rejects", () => Promise.reject(new Error("password of the store is 1234"))],
  ])("whose handler %s is answered with SystemException, and the error's message is not sent", async (_, handler) => {
    const started = await startGateway((gateway) => gateway.handleRaw("a.b", handler));
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    const response = await alice.request({ command: "a.b" });
    expect(response.status).toBe(Status.SystemException);
    expect(messageOf(response)).toBe("the service failed");
    expect(started.errors).toMatchObject([
      { error: new Error("password of the store is 1234"), context: { during: "handle", command: "a.b" } },
    ]);
  });

  it("whose handler does not answer is answered with SystemException, and that is reported", async () => {
    const started = await startGateway((gateway) => {
      gateway.handleRaw("a.sync", () => {}).handleRaw("a.async", async () => {});
    });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    expect((await alice.request({ command: "a.sync" })).status).toBe(Status.SystemException);
    expect((await alice.request({ command: "a.async" })).status).toBe(Status.SystemException);
    expect(codesOf(started)).toEqual(["IM_ERR_NO_ANSWER", "IM_ERR_NO_ANSWER"]);
  });

  it("whose handler takes too long is answered with SystemException, its signal aborts, and the next is served", async () => {
    const { opened: aborted, open } = gate<unknown>();
    const set = (gateway: Started["gateway"]) => {
      gateway.handleRaw(
        "a.slow",
        (ctx) => new Promise(() => ctx.signal.addEventListener("abort", () => open(ctx.signal.reason))),
      );
      gateway.handleRaw("a.fast", (ctx) => ctx.respond());
    };
    const started = await startGateway(set, { handlerTimeoutMs: 50 });
    const alice = await PacketPeer.signIn(started.ws, "alice");
    expect((await alice.request({ command: "a.slow" })).status).toBe(Status.SystemException);
    expect(await aborted).toMatchObject({ code: "IM_ERR_HANDLER_TIMEOUT" });
    expect((await alice.request({ command: "a.fast" })).status).toBe(Status.Success);
    expect(codesOf(started)).toEqual(["IM_ERR_HANDLER_TIMEOUT"]);
  });

  it("whose handler waits for what came while the process stood still is answered", async () => {
    const set = (gateway: Started["gateway"]) =>
      gateway.handleRaw("a.b", async (ctx) => {
        const came = stat(".");
        await undefined;
        const untilMs = performance.now() + 400;
        while (performance.now() < untilMs) {}
        await came;
        ctx.respond();
      });
    const { tcp } = await startGateway(set, { handlerTimeoutMs: 100 });
    const alice = await PacketPeer.signIn(tcp, "alice");
    expect((await alice.request({ command: "a.b" })).status).toBe(Status.Success);
  });

  it("that is answered after its time is not answered again", async () => {
    const { opened, open } = gate();
    const late = gate<boolean>();
    const set = (gateway: Started["gateway"]) => {
      gateway.handleRaw("a.slow", async (ctx) => {
        await opened;
        late.open(ctx.respond());
      });
      gateway.handleRaw("a.fast", (ctx) => ctx.respond());
    };
    const { tcp } = await startGateway(set, { handlerTimeoutMs: 50 });
    const alice = await PacketPeer.signIn(tcp, "alice");
    expect((await alice.request({ command: "a.slow" })).status).toBe(Status.SystemException);
    open();
    expect(await late.opened).toBe(false);
    expect((await alice.request({ command: "a.fast" })).status).toBe(Status.Success);
  });

  it("that is answered twice: the second answer throws, and the peer has the first", async () => {
    const started = await startGateway((gateway) => {
      gateway.handleRaw("a.b", (ctx) => {
        ctx.respond(Uint8Array.of(1));
        ctx.fail(Status.SystemException, "and again");
      });
    });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    expect(await alice.request({ command: "a.b" })).toMatchObject({ status: Status.Success, body: Uint8Array.of(1) });
    expect(codesOf(started)).toEqual(["IM_ERR_ANSWERED"]);
  });

  it("whose answer is too large is answered with SystemException", async () => {
    const started = await startGateway((gateway) => {
      gateway.handleRaw("a.b", (ctx) => ctx.respond(new Uint8Array(2_000_000)));
    });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    expect((await alice.request({ command: "a.b" })).status).toBe(Status.SystemException);
    expect(codesOf(started)).toEqual(["IM_ERR_BODY_TOO_LARGE"]);
  });

  it("whose handler fails it is answered with the handler's message", async () => {
    const { tcp } = await startGateway((gateway) => {
      gateway.handleRaw("a.b", (ctx) => ctx.fail(Status.Unauthorized, "you are no member"));
    });
    const alice = await PacketPeer.signIn(tcp, "alice");
    const response = await alice.request({ command: "a.b" });
    expect(response.status).toBe(Status.Unauthorized);
    expect(messageOf(response)).toBe("you are no member");
  });
});

describe("requests of one channel", () => {
  it("are handled in order, though their handlers take different times", async () => {
    const { ws } = await startGateway((gateway) => {
      gateway.handleRaw("a.b", async (ctx) => {
        if (ctx.sequence % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
        ctx.respond();
      });
    });
    const alice = await PacketPeer.signIn(ws, "alice");
    const sent = Array.from({ length: 100 }, () => alice.send({ command: "a.b" }).sequence);
    const answered: number[] = [];
    while (answered.length < sent.length) answered.push((await alice.logic()).sequence);
    expect(answered).toEqual(sent);
  });
});

describe("bytes that are not a packet", () => {
  it.each([
    ["of unknown magic", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
    ["that is cut", marshal(createLogicPkt(talk)).subarray(0, 20)],
    ["whose command is no UTF-8", Uint8Array.of(0xc3, 0x11, 0xa3, 0x65, 0, 0, 0, 3, 0x0a, 1, 0xff, 0, 0, 0, 0)],
    ["whose header declares 4 GiB", Uint8Array.of(0xc3, 0x11, 0xa3, 0x65, 255, 255, 255, 255, 0)],
  ])("%s closes its channel with 1007, and no other", async (_, bytes) => {
    const { tcp } = await startGateway((gateway) => gateway.handleRaw("a.b", (ctx) => ctx.respond()));
    const [alice, bob] = [await PacketPeer.signIn(tcp, "alice"), await PacketPeer.signIn(tcp, "bob")];
    alice.sendBytes(bytes);
    expect(await alice.ended).toMatchObject({ code: 1007, reason: "the message is not a packet" });
    expect((await bob.request({ command: "a.b" })).status).toBe(Status.Success);
  });
});

describe("a header of 64 KiB that leaves no room for a response", () => {
  it.each([
    ["of a command that answers", "a.b"],
    ["of a command that is refused", commands.loginSignIn],
    ["of a sign-out", commands.loginSignOut],
  ])("%s closes its channel with 1009, and the next channel is served", async (_, command) => {
    const { tcp, gateway } = await startGateway((to) => to.handleRaw("a.b", (ctx) => ctx.respond()));
    const alice = await PacketPeer.signIn(tcp, "alice");
    const headerBytes = (dest: string) => marshal(createLogicPkt({ command, sequence: 1, dest })).length - 12;
    // A flag and a status do not fit any more.
    const room = DEFAULT_MAX_HEADER_BYTES - headerBytes("x".repeat(60_000));
    const full = marshal(createLogicPkt({ command, sequence: 1, dest: "x".repeat(60_000 + room) }));
    expect(full.length - 12).toBe(DEFAULT_MAX_HEADER_BYTES);
    alice.sendBytes(full);
    expect(await alice.ended).toMatchObject({ code: 1009, reason: "the header leaves no room for a response" });
    await vi.waitFor(async () => expect(await gateway.presence.where("alice")).toEqual([]));
    const bob = await PacketPeer.signIn(tcp, "bob");
    expect((await bob.request({ command: "a.b" })).status).toBe(Status.Success);
  });
});

describe("a dest that is no UTF-8", () => {
  it("closes the channel with 1007 when a handler asks for it, and reports no error", async () => {
    const started = await startGateway((gateway) => {
      gateway.handleRaw("a", (ctx) => ctx.respond(new TextEncoder().encode(ctx.dest)));
    });
    const alice = await PacketPeer.signIn(started.tcp, "alice");
    const header = Uint8Array.of(0xc3, 0x11, 0xa3, 0x65, 0, 0, 0, 6, 0x0a, 1, 0x61, 0x32, 1, 0xff, 0, 0, 0, 0);
    alice.sendBytes(header);
    expect(await alice.ended).toMatchObject({ code: 1007 });
    expect(started.errors).toEqual([]);
  });
});

describe("a heartbeat", () => {
  it("is answered with a BasicPkt pong, and codes of extensions are ignored", async () => {
    const { ws } = await startGateway();
    const alice = await PacketPeer.signIn(ws, "alice");
    alice.sendBytes(marshal(createBasicPkt(7)), marshal(createBasicPkt(BasicCode.Ping)));
    expect(await alice.basic()).toMatchObject({ code: BasicCode.Pong, body: new Uint8Array(0) });
    expect(alice.unread).toEqual([]);
  });
});

describe("after a sign-out", () => {
  it("every request is answered with SessionNotFound", async () => {
    const { gateway, ws } = await startGateway((to) => to.handleRaw("a.b", (ctx) => ctx.respond()));
    const alice = await PacketPeer.signIn(ws, "alice");
    const signedOut = await alice.request({ command: commands.loginSignOut });
    expect(signedOut).toMatchObject({ status: Status.Success, body: new Uint8Array(0) });
    expect(await gateway.presence.where("alice")).toEqual([]);
    for (const command of ["a.b", commands.loginSignOut, commands.loginSignIn]) {
      const response = await alice.request({ command });
      expect(response.status).toBe(Status.SessionNotFound);
      expect(getMetaString(response, extensionMetaKeys.sessionOver)).toBe("signed out");
    }
  });
});

describe("limits of a session", () => {
  it("on requests per second: requests above it are answered with SystemException, others are served", async () => {
    const set = (gateway: Started["gateway"]) => gateway.handleRaw("a.b", (ctx) => ctx.respond());
    const { tcp } = await startGateway(set, { maxRequestsPerSecond: 5 });
    const [alice, bob] = [await PacketPeer.signIn(tcp, "alice"), await PacketPeer.signIn(tcp, "bob")];
    const statuses: number[] = [];
    for (let count = 0; count < 20; count++) alice.send({ command: "a.b" });
    for (let count = 0; count < 20; count++) statuses.push((await alice.logic()).status);
    expect(statuses.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(statuses.filter((status) => status === Status.SystemException).length).toBeGreaterThanOrEqual(10);
    expect((await bob.request({ command: "a.b" })).status).toBe(Status.Success);
  });

  it("on requests in flight: handlers that never settle cannot pile up", async () => {
    let running = 0;
    const set = (gateway: Started["gateway"]) => {
      gateway.handleRaw("a.b", () => {
        running++;
        return new Promise(() => {});
      });
    };
    const { tcp } = await startGateway(set, { handlerTimeoutMs: 5, maxInFlight: 3 });
    const alice = await PacketPeer.signIn(tcp, "alice");
    for (let count = 0; count < 8; count++) await alice.request({ command: "a.b" });
    expect(running).toBe(3);
  });
});

describe("middleware", () => {
  it("stands before every handler, in order, and sees unknown commands and the outcome", async () => {
    const seen: string[] = [];
    const { tcp } = await startGateway((gateway) => {
      gateway.handleRaw("a.b", async (ctx) => ctx.respond());
      gateway.use(async (ctx, next) => {
        seen.push(`in ${ctx.command}`);
        await next(ctx);
        seen.push(`out ${ctx.command} ${ctx.status}`);
      });
      gateway.use((ctx, next) => {
        seen.push("inner");
        return next(ctx);
      });
    });
    const alice = await PacketPeer.signIn(tcp, "alice");
    await alice.request({ command: "a.b" });
    await alice.request({ command: "no.such" });
    expect(seen).toEqual(["in a.b", "inner", "out a.b 0", "in no.such", "inner", "out no.such 301"]);
  });

  it("may answer itself, and recover from what a handler throws", async () => {
    const { tcp, errors } = await startGateway((gateway) => {
      gateway.handleRaw("a.b", async () => Promise.reject(new Error("broken")));
      gateway.use(async (ctx, next) => {
        if (ctx.command === "a.closed") return void ctx.fail(Status.Unauthorized, "closed today");
        try {
          await next(ctx);
        } catch {
          ctx.fail(302, "recovered");
        }
      });
    });
    const alice = await PacketPeer.signIn(tcp, "alice");
    expect((await alice.request({ command: "a.closed" })).status).toBe(Status.Unauthorized);
    expect((await alice.request({ command: "a.b" })).status).toBe(302);
    expect(errors).toEqual([]);
  });
});
