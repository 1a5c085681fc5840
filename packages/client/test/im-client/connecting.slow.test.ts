import { ClientError, createImClient, type ImClient, type Session } from "@im/client";
import { type Dialer, TransportError } from "@im/transport-core";
import { createPush, createResponse, Status } from "@im/wire";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { hasty, openImClient } from "../support/open-im-client.js";
import { failing, TestGateway } from "../support/test-gateway.js";
import { tcp, transports } from "../support/transports.js";
import { bytes, codeOf, deferred, errorOf, text, within } from "../support/waiting.js";

const unauthorized = (_: unknown, request: Parameters<typeof failing>[0]) =>
  failing(request, Status.Unauthorized, "no");

describe.each(transports)("over $name", (transport) => {
  it("connects, signs in, asks, and closes", async () => {
    const gateway = await TestGateway.start(transport);
    const client = openImClient(gateway, { dialer: transport.dialer(), login: { tags: ["beta"], zone: "z" } });
    expect(client.status).toEqual({ state: "idle" });
    const session = await client.connect();
    expect(session).toMatchObject({ account: "alice", channelId: "alice-1", extensions: new Set(["idem"]) });
    expect(gateway.logins).toEqual([
      { token: "alice", tags: ["beta", "im.ext:idem", "im.ext:reconnect"], zone: "z", isp: "" },
    ]);
    const answer = await client.request("chat.echo", bytes("hello"), { dest: "bob" });
    expect(text(answer.body)).toBe("hello");
    expect(answer).toMatchObject({ command: "chat.echo", dest: "bob", status: Status.Success });
    await client.close();
    expect(client.status).toEqual({ state: "closed" });
  });

  it("takes pushes that came in the same chunk as the answer to the sign-in", async () => {
    const glued = ["one", "two"].map((word) => createPush({ command: "chat.hi", body: bytes(word) }));
    const gateway = await TestGateway.start(transport, { glued });
    const client = openImClient(gateway, { dialer: transport.dialer() });
    const words: string[] = [];
    client.on("chat.hi", ({ body }) => void words.push(text(body)));
    await client.connect();
    await client.request("chat.echo");
    expect(words).toEqual(["one", "two"]);
  });
});

describe("pushes that come before the answer to the sign-in", () => {
  const pushesOf = (words: readonly string[]) =>
    words.map((word) => createPush({ command: "chat.hi", body: bytes(word) }));

  it("are kept, and given out in order once it is there, before those that follow it", async () => {
    const gateway = await TestGateway.start(tcp, { early: pushesOf(["one", "two"]), glued: pushesOf(["three"]) });
    const client = openImClient(gateway);
    const words: string[] = [];
    client.on("chat.hi", ({ body }) => void words.push(`${client.status.state}: ${text(body)}`));
    await client.connect();
    await client.request("chat.echo");
    expect(words).toEqual(["online: one", "online: two", "online: three"]);
  });

  it.each([
    ["1,024", Array.from({ length: 1_024 }, String), "an answer"],
    ["1,025", Array.from({ length: 1_025 }, String), "IM_ERR_PUSH_OVERFLOW"],
    ["five of a MiB", Array(5).fill("m".repeat(1_048_000)), "IM_ERR_PUSH_OVERFLOW"],
  ])("may be %s", async (_, words, outcome) => {
    const gateway = await TestGateway.start(tcp, { early: pushesOf(words) });
    const client = openImClient(gateway, { onError() {} });
    const connected = client.connect().then(() => Promise.reject(new Error("an answer")));
    expect(await codeOf(within(connected, "the end"))).toBe(outcome);
  });
});

describe("options", () => {
  const good = { dialer: tcp.dialer(), addresses: "tcp://127.0.0.1:1", token: "alice" };
  it.each([
    ["no dialer", { dialer: undefined }, "dialer"],
    ["no address", { addresses: [] }, "addresses"],
    ["neither address nor addresses", { addresses: undefined }, "addresses"],
    ["both address and addresses", { address: "tcp://127.0.0.1:1" }, "addresses"],
    ["an address that is no string", { addresses: undefined, address: 1 }, "address"],
    ["an address that is no text", { addresses: [1] }, "addresses"],
    ["no token", { token: undefined }, "token"],
    ["a wait that is none", { requestTimeoutMs: 0 }, "requestTimeoutMs"],
    ["a backoff that is none", { reconnect: { baseMs: -1 } }, "baseMs"],
    ["a queue of no size", { offlineQueue: { maxRequests: 0 } }, "maxRequests"],
    ["a login that cannot be written", { login: { zone: 5 } }, "login"],
    ["one final close code, not a list of them", { finalCloseCodes: 4001 }, "finalCloseCodes"],
    ["an answer that is none", { retryFirstConnect: "no" }, "retryFirstConnect"],
    ["no request at a time", { maxInFlight: 0 }, "maxInFlight"],
    ["a token that cannot be written", { token: "\ud800" }, "token"],
    ["a misspelt name", { timeout: 1 }, "timeout"],
    ["a misspelt name in reconnect", { reconnect: { base: 1 } }, "base"],
    ["a misspelt name in offlineQueue", { offlineQueue: { maxRequest: 5 } }, "maxRequest"],
  ])("%s is an error at once, by name", async (_, options, name) => {
    const error = await errorOf(() => createImClient({ ...good, ...options } as never));
    expect(error).toMatchObject({ code: "IM_ERR_INVALID_OPTION" });
    expect(error.message).toContain(name);
  });

  it("given as undefined or null they are as if not given", async () => {
    const names = ["login", "commands", "reconnect", "offlineQueue", "finalCloseCodes", "maxInFlight", "onError"];
    const gateway = await TestGateway.start(tcp);
    for (const nothing of [undefined, null]) {
      const options = Object.fromEntries(names.map((name) => [name, nothing]));
      const client = openImClient(gateway, options);
      await client.connect();
      await client.request("a.b");
    }
  });
});

describe("an idempotency key", () => {
  it.each(["", "k".repeat(129), 5 as never])(
    "that is none ('%s') is an error, and nothing is sent",
    async (idempotent) => {
      const gateway = await TestGateway.start(tcp);
      const client = openImClient(gateway);
      await client.connect();
      const error = await errorOf(client.request("a.b", undefined, { idempotent }));
      expect(error).toMatchObject({ code: "IM_ERR_INVALID_OPTION" });
      expect(error.message).toMatch(/^idempotent must be .* key of 1 to 128/);
      await client.request("a.c", undefined, { idempotent: "k".repeat(128) });
      expect(gateway.requests.map(({ command }) => command)).toEqual(["a.c"]);
    },
  );
});

describe("signing in", () => {
  it("a fresh token is fetched for each attempt", async () => {
    const gateway = await TestGateway.start(tcp);
    let count = 0;
    const client = openImClient(gateway, { token: async () => `token-${++count}` });
    await client.connect();
    await gateway.restart();
    await within(client.ready(), "the return");
    for await (const { state } of client.statuses()) if (state === "online" && gateway.logins.length === 2) break;
    expect(gateway.logins.map(({ token }) => token)).toEqual(["token-1", "token-2"]);
  });

  it("a text that is refused ends it, with what the server says", async () => {
    const gateway = await TestGateway.start(tcp, { signIn: unauthorized });
    const client = openImClient(gateway);
    const error = await errorOf(client.connect());
    expect(error).toMatchObject({ code: "IM_ERR_SIGN_IN_REFUSED", response: { status: Status.Unauthorized } });
    expect(client.status).toEqual({ state: "closed", reason: error });
    expect(gateway.logins).toHaveLength(1);
  });

  it("a function whose token is refused is called once more, with refused: true", async () => {
    const gateway = await TestGateway.start(tcp, {
      signIn: (login, request) =>
        login.token === "stale" ? unauthorized(login, request) : createResponse(request, { body: new Uint8Array(0) }),
    });
    const client = openImClient(gateway, { token: ({ refused }) => (refused ? "fresh" : "stale") });
    await within(client.connect(), "the second sign-in");
    expect(gateway.logins.map(({ token }) => token)).toEqual(["stale", "fresh"]);
  });

  it("and ends it when that is refused too", async () => {
    const gateway = await TestGateway.start(tcp, { signIn: unauthorized });
    const client = openImClient(gateway, { token: () => "stale" });
    expect(await codeOf(within(client.connect(), "the end"))).toBe("IM_ERR_SIGN_IN_REFUSED");
    expect(gateway.logins).toHaveLength(2);
  });

  it("is begun anew by the next connect", async () => {
    const gateway = await TestGateway.start(tcp, { signIn: unauthorized });
    const token = vi.fn().mockReturnValue("stale");
    const client = openImClient(gateway, { token });
    await codeOf(within(client.connect(), "the end"));
    await codeOf(within(client.connect(), "the end"));
    expect(token.mock.calls.map(([{ refused }]) => refused)).toEqual([false, true, false, true]);
  });

  it("a function that throws is asked again", async () => {
    const gateway = await TestGateway.start(tcp);
    const token = vi.fn().mockRejectedValueOnce(new Error("no network")).mockReturnValue("alice");
    const client = openImClient(gateway, { token, retryFirstConnect: true });
    await within(client.connect(), "the second attempt");
    expect(token).toHaveBeenCalledTimes(2);
  });

  it.each([
    [
      "an Error like that of an HTTP library",
      Object.assign(new Error("503"), { response: { status: 503, headers: {} } }),
    ],
    ["an object", { code: 401 }],
    [
      "what another client was closed with",
      new ClientError("IM_ERR_SIGN_IN_REFUSED", "of another", { closeInfo: { code: 4001, reason: "", clean: true } }),
    ],
    ["an object that is no text", Object.create(null)],
    ["nothing", undefined],
  ])("a function that throws %s is asked again as well", async (_, thrown) => {
    const gateway = await TestGateway.start(tcp);
    const token = vi.fn().mockRejectedValueOnce(thrown).mockReturnValue("alice");
    const client = openImClient(gateway, { token, retryFirstConnect: true });
    const reasons: (Error | undefined)[] = [];
    client.onStatus((status) => void (status.state === "offline" && reasons.push(status.reason)));
    await within(client.connect(), "the second attempt");
    expect(reasons[0]).toMatchObject({ code: "IM_ERR_SIGN_IN_FAILED" });
    expect(reasons[0]?.cause).toBe(thrown);
    await within(client.close(), "the end of close");
  });

  it("a function may end the client, and connect it again", async () => {
    const gateway = await TestGateway.start(tcp);
    let isFirst = true;
    const client: ImClient = openImClient(gateway, {
      token: () => {
        if (isFirst) {
          isFirst = false;
          void client.close();
          again = client.connect();
        }
        return "alice";
      },
    });
    let again: Promise<unknown> | undefined;
    expect(await codeOf(within(client.connect(), "the first"))).toBe("IM_ERR_CLIENT_CLOSED");
    await within(again!, "the second");
    expect(gateway.logins).toHaveLength(1);
  });

  it("a function that gives no text ends it, and says so", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway, { token: () => 5 as never });
    const error = await errorOf(within(client.connect(), "the end"));
    expect(error).toMatchObject({ code: "IM_ERR_INVALID_OPTION", message: expect.stringContaining("token") });
  });

  it("a dial that succeeds after it was given up does not sign in, which would displace the one that came after", async () => {
    const gateway = await TestGateway.start(tcp);
    const dialer = tcp.dialer();
    const late = deferred();
    const lateEnd = deferred();
    let dials = 0;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const client = openImClient(gateway, {
      dialTimeoutMs: 100,
      retryFirstConnect: true,
      dialer: {
        // As one that does not heed the signal.
        async dialAndHandshake({ signal: _, ...context }) {
          if (++dials > 1) return dialer.dialAndHandshake(context);
          await late.promise;
          const conn = await dialer.dialAndHandshake(context);
          void conn.closed.then(() => lateEnd.resolve());
          return conn;
        },
      },
    });
    const connecting = client.connect();
    // The first attempt's limit, and the wait after it. The second has as long as it takes.
    await vi.advanceTimersByTimeAsync(100);
    await vi.advanceTimersByTimeAsync(hasty.capMs);
    await connecting;
    vi.useRealTimers();
    late.resolve();
    await within(lateEnd.promise, "the end of the late connection");
    // What the late one might have said, the server has read before what comes now.
    await openImClient(gateway, { token: "bob" }).connect();
    expect(gateway.logins.map(({ token }) => token)).toEqual(["alice", "bob"]);
    expect(client.status.state).toBe("online");
  });

  it("deadlines of the dialer's own login do not outlive it", async () => {
    const gateway = await TestGateway.start(tcp);
    const dialer = tcp.dialer();
    const ends: string[] = [];
    const client = openImClient(gateway, {
      dialer: {
        async dialAndHandshake(context) {
          const conn = await dialer.dialAndHandshake(context);
          conn.setReadDeadline(performance.now() + 200);
          conn.setWriteDeadline(performance.now() + 200);
          return conn;
        },
      },
    });
    await client.connect();
    client.onStatus(({ state }) => void ends.push(state));
    const beganMs = performance.now();
    while (performance.now() - beganMs < 600) await client.request("a.b");
    expect(ends).toEqual([]);
  });

  it("a server that fails (300) is tried again, no sooner than it asks for", async () => {
    let count = 0;
    const gateway: TestGateway = await TestGateway.start(tcp, {
      signIn(login, request) {
        if (++count > 1) return gateway.welcome(login, request);
        const meta = [{ key: "im.retry-after-ms", value: "300", type: 0 }];
        return { ...failing(request, Status.SystemException), meta };
      },
    });
    const client = openImClient(gateway, { retryFirstConnect: true });
    const beganMs = performance.now();
    await within(client.connect(), "the second attempt");
    // A timer of Node may fire a millisecond early.
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(298);
  });

  it.each([
    ["a server that does not answer", "no answer to the sign-in", { signIn: () => undefined }, {}],
    ["a token function that does not settle", "no token", {}, { token: () => new Promise<never>(() => {}) }],
  ])("%s is given up in time, by its name, and tried again", async (_, missing, gatewayOptions, options) => {
    const gateway: TestGateway = await TestGateway.start(tcp, gatewayOptions);
    const client = openImClient(gateway, { dialTimeoutMs: 100, retryFirstConnect: true, ...options });
    client.connect().catch(() => {});
    for await (const status of client.statuses()) {
      if (status.state !== "offline") continue;
      const message = expect.stringMatching(`^${missing} .*within 100 ms`);
      expect(status.reason).toMatchObject({ code: "IM_ERR_SIGN_IN_FAILED", message });
      if (status.failures === 2) break;
    }
  });

  it("a dialer that hangs is what takes too long, however fast the token came", async () => {
    const dialer: Dialer = { dialAndHandshake: () => new Promise(() => {}) };
    const client = openImClient(
      { address: tcp.deadAddress },
      { dialer, dialTimeoutMs: 100, token: async () => "alice" },
    );
    expect(await codeOf(within(client.connect(), "the end"))).toBe("IM_ERR_DIAL_TIMEOUT");
  });
});

describe("connect", () => {
  it("rejects, with the reason, when no server is there", async () => {
    const client = openImClient({ address: tcp.deadAddress });
    const error = await errorOf(within(client.connect(), "the end"));
    expect(error).toMatchObject({ code: "IM_ERR_CONNECT", cause: { code: "ECONNREFUSED" } });
    expect(client.status).toEqual({ state: "closed", reason: error });
  });

  it("rejects when each address has failed once, not before", async () => {
    const addresses = [tcp.deadAddress, "tcp://127.0.0.1:2", "tcp://127.0.0.1:3"];
    const client = openImClient({ address: "" }, { addresses });
    const tried: string[] = [];
    client.onStatus((status) => void (status.state === "connecting" && tried.push(status.address)));
    expect(await codeOf(within(client.connect(), "the end"))).toBe("IM_ERR_CONNECT");
    expect(tried).toEqual(addresses);
  });

  it("does not take a token that has run out for a bad address", async () => {
    const gateway: TestGateway = await TestGateway.start(tcp, {
      signIn: (login, request) =>
        login.token === "stale" ? unauthorized(login, request) : gateway.welcome(login, request),
    });
    const addresses = [gateway.address, tcp.deadAddress];
    const client = openImClient(gateway, { addresses, token: ({ refused }) => (refused ? "fresh" : "stale") });
    await within(client.connect(), "the second sign-in");
  });

  it("once it has succeeded, the client goes on by itself", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    await client.connect();
    const { port } = gateway.server.address;
    await gateway.stop();
    for await (const status of client.statuses()) if (status.state === "offline" && status.failures === 3) break;
    await TestGateway.start(tcp, { port });
    await within(client.ready(), "the return");
  });

  it("with retryFirstConnect goes on until the server is there", async () => {
    const gateway = await TestGateway.start(tcp);
    const { port } = gateway.server.address;
    await gateway.stop();
    const client = openImClient({ address: `tcp://127.0.0.1:${port}` }, { retryFirstConnect: true });
    const connecting = client.connect();
    for await (const status of client.statuses()) if (status.state === "offline" && status.failures === 3) break;
    await TestGateway.start(tcp, { port });
    await within(connecting, "the connection");
  });

  it("tries several addresses in turn", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway, { addresses: [tcp.deadAddress, "tcp://127.0.0.1:2", gateway.address] });
    const tried: string[] = [];
    client.onStatus((status) => void (status.state === "connecting" && tried.push(status.address)));
    await within(client.connect(), "the third address");
    expect(tried).toEqual([tcp.deadAddress, "tcp://127.0.0.1:2", gateway.address]);
  });

  it("ends at once for an address that is none", async () => {
    const client = openImClient({ address: "nobody://x" });
    expect(await codeOf(client.connect())).toBe("IM_ERR_INVALID_ADDRESS");
  });

  it("ends at once on a platform that cannot dial at all", async () => {
    const dialAndHandshake = async () => {
      throw new TransportError("IM_ERR_UNSUPPORTED", "this platform has no WebSocket");
    };
    const client = openImClient({ address: tcp.deadAddress }, { dialer: { dialAndHandshake } });
    expect(await codeOf(within(client.connect(), "the end"))).toBe("IM_ERR_UNSUPPORTED");
    expect(client.status.state).toBe("closed");
  });

  it("is given up by an abort, which closes the client", async () => {
    const client = openImClient({ address: tcp.deadAddress });
    const controller = new AbortController();
    const reason = new Error("changed my mind");
    const connecting = errorOf(client.connect({ signal: controller.signal }));
    controller.abort(reason);
    expect(await connecting).toBe(reason);
    expect(client.status.state).toBe("closed");
  });

  it("may follow its own abort at once, and is not ended by an abort of an earlier one", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    const [first, second] = [new AbortController(), new AbortController()];
    const aborted = codeOf(client.connect({ signal: first.signal }));
    first.abort(new Error("enough"));
    const again = codeOf(client.connect({ signal: second.signal }));
    void client.close();
    const last = client.connect();
    second.abort(new Error("too late"));
    expect(await Promise.all([aborted, again])).toEqual(["enough", "too late"]);
    expect(await within(last, "the last sign-in")).toMatchObject({ account: "alice" });
    expect(client.status.state).toBe("online");
  });

  it("works from a handler of its own success, right after close", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    const again = deferred<Promise<Session>>();
    const stop = client.onStatus(({ state }) => {
      if (state !== "online") return;
      stop();
      void client.close();
      again.resolve(client.connect());
    });
    client.connect().catch(() => {});
    expect(await within(again.promise, "the second sign-in")).toMatchObject({ channelId: "alice-2" });
  });

  it("is refused while it is under way, and allowed again after close", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    const connecting = client.connect();
    expect(await codeOf(client.connect())).toBe("IM_ERR_CLIENT_STATE");
    await connecting;
    await client.close();
    expect((await client.connect()).channelId).toBe("alice-2");
  });

  it("works from a handler of the end, which ends what waited before", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    await client.connect();
    const pushes = client.pushes("chat.hi");
    const again = deferred<Promise<Session>>();
    const stop = client.onStatus(({ state }) => {
      if (state !== "closed") return;
      stop();
      again.resolve(client.connect());
    });
    gateway.kickOut();
    expect(await within(again.promise, "the second sign-in")).toMatchObject({ channelId: "alice-2" });
    expect(await within(pushes.next(), "the end of the iteration")).toEqual({ value: undefined, done: true });
  });
});

describe("close", () => {
  it("is harmless before connect and when repeated", async () => {
    const client = openImClient({ address: tcp.deadAddress });
    await client.close();
    await client.close();
    expect(await codeOf(client.request("a.b"))).toBe("IM_ERR_CLIENT_CLOSED");
    expect(await codeOf(client.ready())).toBe("IM_ERR_CLIENT_CLOSED");
  });

  it("while connecting rejects connect and leaves nothing open", async () => {
    const gateway = await TestGateway.start(tcp, { signIn: () => undefined });
    const client = openImClient(gateway);
    const connecting = codeOf(client.connect());
    await within(client.close(), "the close");
    expect(await connecting).toBe("IM_ERR_CLIENT_CLOSED");
  });

  it("while signing in waits for the end of the connection", async () => {
    const gateway = await TestGateway.start(tcp, { signIn: () => undefined });
    const dialer = tcp.dialer();
    let hasEnded = false;
    const recording: Dialer = {
      async dialAndHandshake(context) {
        const conn = await dialer.dialAndHandshake(context);
        void conn.closed.then(() => {
          hasEnded = true;
        });
        return conn;
      },
    };
    const client = openImClient(gateway, { dialer: recording });
    client.connect().catch(() => {});
    await vi.waitFor(() => expect(gateway.logins).toHaveLength(1));
    await within(client.close(), "the end of close");
    expect(hasEnded).toBe(true);
  });

  it("waits for each connection that it had, not only for the last", async () => {
    const gateway = await TestGateway.start(tcp, {
      supportsIdempotency: false,
      answer: (request) => failing(request, Status.SessionNotFound),
    });
    const dialer = tcp.dialer();
    const ends = [deferred(), deferred()] as const;
    const closed: number[] = [];
    const slowToEnd: Dialer = {
      async dialAndHandshake(context) {
        const conn = await dialer.dialAndHandshake(context);
        const index = gateway.logins.length;
        const end = conn.closed.then(async (info) => {
          await ends[index]!.promise;
          closed.push(index);
          return info;
        });
        return Object.defineProperty(conn, "closed", { value: end });
      },
    };
    const client = openImClient(gateway, { dialer: slowToEnd });
    await client.connect();
    // The server does not know us any more: the client leaves this connection for another.
    await codeOf(client.request("a.b"));
    await within(client.ready(), "the second connection");
    const closing = client.close().then(() => [...closed]);
    ends[1].resolve();
    await vi.waitFor(() => expect(closed).toEqual([1]));
    ends[0].resolve();
    expect(await within(closing, "the end of close")).toEqual([1, 0]);
  });

  it("from a status handler reaches all handlers, in order", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    const states: string[] = [];
    client.onStatus(({ state }) => void (state === "online" && void client.close()));
    client.onStatus(({ state }) => void states.push(state));
    await client.connect().catch(() => {});
    await client.close();
    expect(states).toEqual(["connecting", "online", "closed"]);
  });

  it("from one status handler does not reach another that was stopped", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    const states: string[] = [];
    client.onStatus(({ state }) => void (state === "online" && void client.close()));
    const stop = client.onStatus(({ state }) => {
      states.push(state);
      if (state === "online") stop();
    });
    await client.connect().catch(() => {});
    await client.close();
    expect(states).toEqual(["connecting", "online"]);
  });

  it("is the last status of an iteration, even if a handler connects again", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    const again = deferred<Promise<Session>>();
    const stop = client.onStatus(({ state }) => {
      if (state !== "closed") return;
      stop();
      again.resolve(client.connect());
    });
    await client.connect();
    const statuses = client.statuses();
    await statuses.next();
    await client.close();
    const states: string[] = [];
    for await (const { state } of statuses) states.push(state);
    expect(states).toEqual(["closed"]);
    await within(again.promise, "the second sign-in");
  });

  it("disposes of the client", async () => {
    const gateway = await TestGateway.start(tcp);
    let disposed: { status: { state: string } };
    {
      await using client = openImClient(gateway);
      await client.connect();
      disposed = client;
    }
    expect(disposed.status.state).toBe("closed");
  });
});
