import { wsDialer } from "@im/transport-ws";
import { basicPing, commands, createLogicPkt, Flag, getMetaInt, marshal, Status } from "@im/wire";
import { decodeErrorResp, decodeLoginResp, encodeLoginReq } from "@im/wire/codec";
import { describe, expect, it, vi } from "vitest";
import { GatewayError, type GatewayErrorOptions, MemorySessionDirectory } from "../src/index.js";
import { directoryWith } from "./support/directory-with.js";
import { PacketPeer } from "./support/packet-peer.js";
import { startGateway } from "./support/started-gateway.js";
import { gate, within } from "./support/within.js";

describe.each(["ws", "tcp"] as const)("a sign-in over %s", (transport) => {
  it("is answered with channelId and account, under the same sequence", async () => {
    const started = await startGateway();
    const peer = await PacketPeer.connect(started[transport]);
    const response = await peer.signIn({ token: "alice" });
    expect(response).toMatchObject({ command: "login.signin", sequence: 1, flag: 1, status: Status.Success });
    const { account, channelId } = decodeLoginResp(response.body);
    expect(account).toBe("alice");
    expect(await started.gateway.presence.where("alice")).toMatchObject([{ channelId, device: "default" }]);
  });

  it.each([
    ["another command", commands.chatUserTalk, encodeLoginReq({ token: "alice" }), Status.InvalidCommand],
    ["a body that does not parse", commands.loginSignIn, Uint8Array.of(0xff), Status.InvalidPacketBody],
    ["a token that is refused", commands.loginSignIn, encodeLoginReq({ token: "refused" }), Status.Unauthorized],
    [
      "more tags than a session keeps",
      commands.loginSignIn,
      encodeLoginReq({ token: "alice", tags: Array.from({ length: 257 }, () => "") }),
      Status.InvalidPacketBody,
    ],
    [
      "more text than a session keeps",
      commands.loginSignIn,
      encodeLoginReq({ token: "alice", zone: "z".repeat(4_096), isp: "i".repeat(4_096), tags: ["t"] }),
      Status.InvalidPacketBody,
    ],
  ])("with %s is answered with its status, then closed", async (_, command, body, status) => {
    const started = await startGateway();
    const peer = await PacketPeer.connect(started[transport]);
    const response = await peer.request({ command, body });
    expect(response.status).toBe(status);
    expect(decodeErrorResp(response.body).message).not.toBe("");
    expect(await peer.ended).toMatchObject({ code: 1008 });
  });

  it("may be preceded by heartbeats, which are answered", async () => {
    const started = await startGateway();
    const peer = await PacketPeer.connect(started[transport]);
    peer.sendBytes(marshal(basicPing));
    expect(await peer.basic()).toMatchObject({ code: 2 });
    expect((await peer.signIn({ token: "alice" })).status).toBe(Status.Success);
  });

  it.each([
    ["of unknown magic", Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)],
    ["that is cut", marshal(createLogicPkt({ command: "login.signin" })).subarray(0, 9)],
    ["whose header is no UTF-8", Uint8Array.of(0xc3, 0x11, 0xa3, 0x65, 0, 0, 0, 3, 0x0a, 1, 0xff, 0, 0, 0, 0)],
  ])("with a packet %s is closed with 1007 and a reason", async (_, bytes) => {
    const started = await startGateway();
    const peer = await PacketPeer.connect(started[transport]);
    peer.sendBytes(bytes);
    const { code, reason } = await peer.ended;
    expect(code).toBe(1007);
    expect(reason).not.toBe("");
  });
});

describe("authenticate", () => {
  it("sees the upgrade request of a WebSocket connection and its subprotocol, and neither on TCP", async () => {
    const seen: unknown[] = [];
    const { gateway, ws, tcp } = await startGateway(undefined, {
      authenticate: (_login, { subprotocol, handshake: { request } }) => {
        seen.push([request?.query.get("device"), request?.cookies.get("session"), subprotocol]);
        return { account: request?.cookies.get("session") ?? "nobody" };
      },
    });
    const dialer = wsDialer({ headers: { Cookie: "session=alice" } });
    const peer = await PacketPeer.connect(`${ws}?device=phone`, dialer);
    expect((await peer.signIn({ token: "none" })).status).toBe(Status.Success);
    await PacketPeer.signIn(tcp, "none");
    expect(seen).toEqual([
      ["phone", "alice", ""],
      [undefined, undefined, ""],
    ]);
    expect(await gateway.presence.where("alice")).toHaveLength(1);
  });

  it.each([
    ["null, in spite of its type", () => null as never, Status.Unauthorized, "the token was refused"],
    ["undefined", () => undefined, Status.Unauthorized, "the token was refused"],
    [
      "an error of its own, such as a database that is busy",
      () => Promise.reject(new Error("timeout exceeded when trying to connect")),
      Status.SystemException,
      "the service cannot sign you in now",
    ],
    [
      "words for the peer",
      () => Promise.reject(new GatewayError("IM_ERR_UNAUTHORIZED", "expired yesterday")),
      Status.Unauthorized,
      "expired yesterday",
    ],
    [
      "another gateway error",
      () => Promise.reject(new GatewayError("IM_ERR_GATEWAY_ARGUMENT", "a bug")),
      Status.SystemException,
      "the service cannot sign you in now",
    ],
    [
      "a bug",
      () => Promise.reject(new TypeError("x is undefined")),
      Status.SystemException,
      "the service cannot sign you in now",
    ],
  ])("that gives %s", async (_, authenticate, status, message) => {
    const started = await startGateway(undefined, { authenticate });
    const peer = await PacketPeer.connect(started.tcp);
    const response = await peer.signIn({ token: "alice" });
    expect(response.status).toBe(status);
    expect(decodeErrorResp(response.body).message).toBe(message);
    expect((await peer.ended).reason).toBe(message);
    expect(started.errors.length).toBe(status === Status.SystemException ? 1 : 0);
  });
});

describe("authenticate that gives an invalid identity", () => {
  it.each([
    ["an account that is no text", { account: 42 }],
    ["an empty account", { account: "" }],
    ["an account that is too long", { account: "a".repeat(1_025) }],
    ["an account that cannot be written", { account: "\ud83d" }],
    ["a device that is no text", { account: "alice", device: 7 }],
    ["an empty device", { account: "alice", device: "" }],
    ["an app that is no text", { account: "alice", app: 7 }],
    ["no account", {}],
    ["an account alone", "alice"],
  ])("has a bug, and the token is not blamed: %s", async (_, given) => {
    const started = await startGateway(undefined, { authenticate: async () => given as never });
    const peer = await PacketPeer.connect(started.tcp);
    expect((await peer.signIn({ token: "alice" })).status).toBe(Status.SystemException);
    expect((await peer.ended).code).toBe(1008);
    expect(started.errors).toMatchObject([
      { error: { code: "IM_ERR_GATEWAY_ARGUMENT" }, context: { during: "login" } },
    ]);
  });
});

describe("a session", () => {
  it("keeps as many tags as it may, and no more text than they have", async () => {
    const tags = Array.from({ length: 256 }, (_, index) => `tag ${index}`);
    const { tcp, gateway } = await startGateway();
    const peer = await PacketPeer.connect(tcp);
    expect((await peer.signIn({ token: "alice", tags })).status).toBe(Status.Success);
    expect(await gateway.presence.where("alice")).toMatchObject([{ tags }]);
  });
});

describe("authenticate that refuses", () => {
  const ADVICE = "im.retry-after-ms";

  async function refusedWith(options: GatewayErrorOptions) {
    const refusal = new GatewayError("IM_ERR_UNAUTHORIZED", "too many are signing in", options);
    const { tcp, errors } = await startGateway(undefined, { authenticate: () => Promise.reject(refusal) });
    const peer = await PacketPeer.connect(tcp);
    const response = await peer.signIn({ token: "alice" });
    expect(errors).toEqual([]);
    return response;
  }

  it("may choose the status, and say for how long to stay away", async () => {
    const response = await refusedWith({ status: Status.SystemException, retryAfterMs: 29_999.5 });
    expect(response.status).toBe(Status.SystemException);
    expect(decodeErrorResp(response.body).message).toBe("too many are signing in");
    expect(getMetaInt(response, ADVICE)).toBe(30_000);
  });

  it.each([
    ["no advice", {}],
    ["Success for its status", { status: Status.Success }],
    ["a status that is no number", { status: "busy" as never }],
    ["a status that no header holds", { status: 2 ** 40 }],
    ["advice that is no time", { retryAfterMs: Number.NaN }],
    ["advice of the past", { retryAfterMs: -1 }],
  ])("with %s is Unauthorized, without a meta", async (_, options) => {
    expect(await refusedWith(options)).toMatchObject({ status: Status.Unauthorized, meta: [] });
  });
});

describe("a first packet login.signin", () => {
  it.each([
    ["push", Flag.Push],
    ["response", Flag.Response],
  ])("that is a %s does not sign in", async (_, flag) => {
    const { tcp, gateway } = await startGateway();
    const peer = await PacketPeer.connect(tcp);
    const response = await peer.request({
      command: commands.loginSignIn,
      flag,
      body: encodeLoginReq({ token: "alice" }),
    });
    expect(response.status).toBe(Status.InvalidCommand);
    expect(await gateway.presence.where("alice")).toEqual([]);
  });
});

describe("authenticate that settles too late", () => {
  /** Settles for the second sign-in only when the test calls `settle`. */
  async function startSlow(serverOptions = {}) {
    const [entered, settle] = [gate<AbortSignal>(), gate()];
    let signIns = 0;
    const started = await startGateway(
      undefined,
      {
        authenticate: async ({ token }, { signal }) => {
          signIns++;
          if (signIns !== 2) return { account: token };
          entered.open(signal);
          await settle.opened;
          return { account: token };
        },
      },
      serverOptions,
    );
    return { ...started, entered, settle };
  }

  const over = (signal: AbortSignal) =>
    within(
      new Promise((resolve) => (signal.aborted ? resolve(0) : signal.addEventListener("abort", resolve))),
      "the end of the login",
    );

  it("does not enter if the peer has left: the live session goes on", async () => {
    const { tcp, gateway, entered, settle, errors } = await startSlow();
    const alive = await PacketPeer.signIn(tcp, "alice");
    const late = await PacketPeer.connect(tcp);
    late.signIn({ token: "alice" }).catch(() => {});
    const signal = await entered.opened;
    late.conn.destroy();
    await over(signal);
    settle.open();
    await PacketPeer.signIn(tcp, "bob");
    expect(await gateway.presence.where("alice")).toMatchObject([{ channelId: alive.channelId }]);
    expect(await gateway.push("alice", "a.b")).toMatchObject({ delivered: 1 });
    expect((await alive.logic()).command).toBe("a.b");
    expect(errors).toEqual([]);
  });

  it("does not enter if the login wait is over", async () => {
    const { tcp, gateway, entered, settle } = await startSlow({ loginWaitMs: 150 });
    const alive = await PacketPeer.signIn(tcp, "alice");
    const late = await PacketPeer.connect(tcp);
    late.signIn({ token: "alice" }).catch(() => {});
    await over(await entered.opened);
    settle.open();
    await late.ended;
    expect(await gateway.presence.where("alice")).toMatchObject([{ channelId: alive.channelId }]);
  });

  it("does not enter once the shutdown has begun", async () => {
    const entered: string[] = [];
    const memory = new MemorySessionDirectory();
    const [asked, settle] = [gate<AbortSignal>(), gate()];
    const { tcp, gateway } = await startGateway(undefined, {
      directory: directoryWith(memory, {
        enter: (session) => {
          entered.push(session.account);
          return memory.enter(session);
        },
      }),
      authenticate: async ({ token }, { signal }) => {
        asked.open(signal);
        await settle.opened;
        return { account: token };
      },
    });
    const late = await PacketPeer.connect(tcp);
    late.signIn({ token: "alice" }).catch(() => {});
    const signal = await asked.opened;
    const shutdown = gateway.shutdown();
    await over(signal);
    settle.open();
    await late.ended;
    await shutdown;
    expect(entered).toEqual([]);
  });
});

describe("a push while a sign-in is not answered yet", () => {
  const memory = new MemorySessionDirectory();
  /** Answers a sign-in only when the test says so, though the session can be found at once. */
  const directoryThatHolds = (answer: () => Promise<void>, entered: () => void) =>
    directoryWith(memory, {
      enter: (session) => {
        const result = memory.enter(session);
        entered();
        return answer().then(() => result);
      },
    });

  it("follows the answer, in order, and is bounded", async () => {
    const [entered, answer] = [gate(), gate()];
    const { gateway, tcp } = await startGateway(undefined, {
      directory: directoryThatHolds(() => answer.opened, entered.open),
    });
    const peer = await PacketPeer.connect(tcp);
    const response = peer.signIn({ token: "alice" });
    await entered.opened;
    for (let count = 0; count < 256; count++) {
      expect(await gateway.push("alice", "a.b", Uint8Array.of(count))).toMatchObject({ delivered: 1 });
    }
    const { failed } = await gateway.push("alice", "a.b");
    expect(failed).toMatchObject([{ error: { code: "IM_ERR_QUEUE_FULL" } }]);
    answer.open();
    expect((await response).status).toBe(Status.Success);
    for (let count = 0; count < 256; count++) expect((await peer.logic()).body).toEqual(Uint8Array.of(count));
  });

  it("is lost with a peer that leaves, and so is its place in the directory", async () => {
    const [entered, answer] = [gate(), gate()];
    const { gateway, tcp } = await startGateway(undefined, {
      directory: directoryThatHolds(() => answer.opened, entered.open),
    });
    const peer = await PacketPeer.connect(tcp);
    peer.signIn({ token: "bob" }).catch(() => {});
    await entered.opened;
    peer.conn.destroy();
    answer.open();
    await vi.waitFor(async () => expect(await gateway.presence.where("bob")).toEqual([]));
  });

  it("a directory that fails is answered with SystemException, and reported", async () => {
    const started = await startGateway(undefined, {
      directory: directoryThatHolds(
        () => Promise.reject(new Error("no connection to the store")),
        () => {},
      ),
    });
    const peer = await PacketPeer.connect(started.tcp);
    const response = await peer.signIn({ token: "carol" });
    expect(response.status).toBe(Status.SystemException);
    expect(decodeErrorResp(response.body).message).toBe("the service cannot sign you in now");
    expect(started.errors).toMatchObject([{ context: { during: "directory" } }]);
    expect(await started.gateway.presence.where("carol")).toEqual([]);
  });
});
