import { type ClientStatus, createImClient } from "@im/client";
import { watchDelays } from "@im/test-support/delays";
import { startFaultProxy } from "@im/transport-compliance/fault-proxy";
import { CloseCode, type Dialer, type FrameReceiver, OpCode, TransportError } from "@im/transport-core";
import { createPush, createResponse, type LogicPkt, type Meta, MetaType, marshal, Status } from "@im/wire";
import { extensionMetaKeys } from "@im/wire/codec";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { spyOnConn } from "../support/open-for-test.js";
import { hasty, openImClient } from "../support/open-im-client.js";
import { echo, failing, TestGateway } from "../support/test-gateway.js";
import { watchTimers } from "../support/timers.js";
import { tcp } from "../support/transports.js";
import { bytes, codeOf, deferred, errorOf, text, within } from "../support/waiting.js";

const DAY_MS = 86_400_000;

/** A gateway behind a network that the test can break. */
async function behindProxy(options: ConstructorParameters<typeof TestGateway>[1] = {}) {
  const gateway = await TestGateway.start(tcp, options);
  const proxy = await startFaultProxy({ target: { host: "127.0.0.1", port: gateway.server.address.port } });
  onTestFinished(() => proxy.close());
  return { gateway, proxy, address: `tcp://127.0.0.1:${proxy.port}` };
}

/** As a transport that reports the end of a connection within `destroy`. */
function endingAtOnce(dialer: Dialer): Dialer {
  return {
    async dialAndHandshake(context) {
      const conn = await dialer.dialAndHandshake(context);
      const [readFrames, destroy] = [conn.readFrames.bind(conn), conn.destroy.bind(conn)];
      let receiver: FrameReceiver | undefined;
      conn.readFrames = (given) => {
        receiver = given;
        readFrames(given);
      };
      conn.destroy = () => {
        receiver?.end({ code: CloseCode.Abnormal, reason: "destroyed", clean: false });
        destroy();
      };
      return conn;
    },
  };
}

/** Lets the test play the events of a page. */
function stubPage(): EventTarget {
  const page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  onTestFinished(() => void vi.unstubAllGlobals());
  return page;
}

/** Whose first dial never ends. */
function swallowingOnce(dialer: Dialer) {
  const dialing = deferred();
  let dials = 0;
  const swallowing: Dialer = {
    dialAndHandshake(context) {
      if (++dials > 1) return dialer.dialAndHandshake(context);
      dialing.resolve();
      return new Promise(() => {});
    },
  };
  return { dialer: swallowing, dialing: dialing.promise };
}

async function until(client: ReturnType<typeof openImClient>, state: string): Promise<void> {
  const reached = (async () => {
    for await (const status of client.statuses()) if (status.state === state) return;
  })();
  await within(reached, `the status ${state}`);
}

describe("a connection that is lost", () => {
  it("reconnects by itself, and reports each step", async () => {
    const { gateway, proxy, address } = await behindProxy();
    const client = openImClient({ address });
    const states: string[] = [];
    client.onStatus(({ state }) => void states.push(state));
    await client.connect();
    proxy.cutAll();
    await until(client, "offline");
    await until(client, "online");
    expect(states).toEqual(["connecting", "online", "offline", "connecting", "online"]);
    expect(gateway.logins).toHaveLength(2);
  });

  it("fails what was in flight at once, and repeats what is idempotent, which has its effect once", async () => {
    const go = deferred();
    const { gateway, proxy, address } = await behindProxy({
      answer: async (request) => {
        await go.promise;
        return createResponse(request, { body: request.body });
      },
    });
    const client = openImClient({ address });
    await client.connect();
    const plain = errorOf(client.request("a.plain"));
    const idempotent = client.request("a.idem", bytes("once"), { idempotent: true });
    await vi.waitFor(() => expect(gateway.requests).toHaveLength(2));
    proxy.cutAll();
    expect(await within(plain, "the plain request to fail")).toMatchObject({
      code: "IM_ERR_UNANSWERED",
      delivery: "unknown",
    });
    await vi.waitFor(() => expect(gateway.requests).toHaveLength(3));
    go.resolve();
    expect(text((await within(idempotent, "the response")).body)).toBe("once");
    expect(gateway.effects.map(({ command }) => command)).toEqual(["a.plain", "a.idem"]);
  });

  it("keeps handlers and iterations", async () => {
    const { gateway, proxy, address } = await behindProxy();
    const client = openImClient({ address });
    const pushes = client.pushes("chat.hi");
    await client.connect();
    gateway.push("chat.hi", "one");
    expect(text((await within(pushes.next(), "a push")).value.body)).toBe("one");
    proxy.cutAll();
    await until(client, "offline");
    await until(client, "online");
    gateway.push("chat.hi", "two");
    expect(text((await within(pushes.next(), "a push")).value.body)).toBe("two");
  });

  it("makes requests wait if they may, and sends them in order", async () => {
    const { gateway, proxy, address } = await behindProxy();
    const client = openImClient({ address }, { offlineQueue: {} });
    await client.connect();
    proxy.cutAll();
    await until(client, "offline");
    await Promise.all(["1", "2", "3"].map((number) => client.request(`a.${number}`)));
    expect(gateway.requests.map(({ command }) => command)).toEqual(["a.1", "a.2", "a.3"]);
  });
});

describe("a connection that is dead but looks open", () => {
  it("is found within heartbeatMs + heartbeatTimeoutMs, and another is made", async () => {
    const { proxy, address } = await behindProxy();
    const client = openImClient({ address }, { heartbeatMs: 200, heartbeatTimeoutMs: 200 });
    await client.connect();
    const worstDelayMs = watchDelays();
    const beganMs = performance.now();
    proxy.setFaults((index) => (index === 0 ? { toServer: { drop: true }, toClient: { drop: true } } : {}));
    for await (const status of client.statuses()) {
      if (status.state !== "offline") continue;
      expect(status.reason).toMatchObject({ code: "IM_ERR_CONNECTION_DEAD" });
      break;
    }
    // A tick that is late asks anew.
    expect(performance.now() - beganMs).toBeLessThan(1_300 + 3 * worstDelayMs());
    await until(client, "online");
  });

  it.each([
    ["later", tcp.dialer()],
    ["at once", endingAtOnce(tcp.dialer())],
  ])("is found after a jump of the clock, and the client tries at once (destroy ends %s)", async (_, dialer) => {
    const { proxy, address } = await behindProxy();
    // The usual backoff: after a sleep the client does not wait for it.
    const client = openImClient({ address }, { dialer, reconnect: {} });
    await client.connect();
    const statuses: ClientStatus[] = [];
    client.onStatus((status) => void statuses.push(status));
    proxy.setFaults((index) => (index === 0 ? { toServer: { drop: true }, toClient: { drop: true } } : {}));
    const now = Date.now;
    const jumped = vi.spyOn(Date, "now").mockImplementation(() => now() + 600_000);
    onTestFinished(() => jumped.mockRestore());
    const worstDelayMs = watchDelays();
    const beganMs = performance.now();
    await until(client, "offline");
    await until(client, "online");
    // A tick that is late asks anew, which may double the wait.
    expect(performance.now() - beganMs).toBeLessThan(3_000 + 5 * worstDelayMs());
    expect(statuses[0]).toMatchObject({ reason: { code: "IM_ERR_CONNECTION_DEAD" }, retryInMs: 0 });
    expect(statuses.map(({ state }) => state)).toEqual(["offline", "connecting", "online"]);
  });

  it("stays, if it answers, when the clock jumps", async () => {
    const { gateway, address } = await behindProxy();
    const client = openImClient({ address }, { probeTimeoutMs: 100 });
    await client.connect();
    const now = Date.now;
    const jumped = vi.spyOn(Date, "now").mockImplementation(() => now() + 600_000);
    onTestFinished(() => jumped.mockRestore());
    const states: string[] = [];
    client.onStatus(({ state }) => void states.push(state));
    // Longer than a probe and its wait.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(states).toEqual([]);
    expect(gateway.logins).toHaveLength(1);
  });
});

describe("what ends it for good", () => {
  it("is a kick-out that names this channel", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    await client.connect();
    gateway.kickOut();
    await until(client, "closed");
    expect(client.status).toMatchObject({ reason: { code: "IM_ERR_KICKED_OUT" } });
    expect(await codeOf(client.request("a.b"))).toBe("IM_ERR_CLIENT_CLOSED");
    expect(gateway.logins).toHaveLength(1);
  });

  it("is a sign-out that succeeds", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    await client.connect();
    gateway.answer = (request) => failing(request, Status.SystemException);
    expect(await codeOf(client.request("login.signout"))).toBe("IM_ERR_REQUEST_FAILED");
    expect(client.status.state).toBe("online");
    gateway.answer = echo;
    await client.request("login.signout");
    expect(client.status).toEqual({ state: "closed" });
    expect(gateway.logins).toHaveLength(1);
  });

  it("is no kick-out of another channel", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway, { onError: () => {} });
    const { channelId } = await client.connect();
    const body = Uint8Array.of(0x0a, 0x01, 0x78);
    gateway.server.push(channelId, marshal(createPush({ command: "login.signin", body })));
    await client.request("a.b");
    expect(client.status.state).toBe("online");
  });

  it.each([
    [4001, {}, "closed"],
    [1001, {}, "offline"],
    [1008, {}, "offline"],
    [4010, { finalCloseCodes: [4010] }, "closed"],
    [4001, { finalCloseCodes: [4010] }, "offline"],
  ])("is a final close code: after %i with %o the status is %s", async (code, options, state) => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway, options);
    const { channelId } = await client.connect();
    const states: string[] = [];
    client.onStatus((status) => void states.push(status.state));
    await gateway.server.closeChannel(channelId, code, "go");
    await vi.waitFor(() => expect(states[0]).toBe(state));
  });
});

describe("the server's advice", () => {
  it("in the reason of its Close is heeded", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    const { channelId } = await client.connect();
    await gateway.server.closeChannel(channelId, 1013, "Retry-After: 7");
    for await (const status of client.statuses()) {
      if (status.state !== "offline") continue;
      expect(status.retryInMs).toBeGreaterThanOrEqual(7_000);
      break;
    }
  });

  it("keeps a client away for a day at most, which a timer can do: in its Close", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    const { channelId } = await client.connect();
    await gateway.server.closeChannel(channelId, 1013, "Retry-After: 3000000");
    await until(client, "offline");
    expect(client.status).toMatchObject({ state: "offline", retryAfterMs: DAY_MS });
  });

  it("keeps a client away for a day at most, which a timer can do: in its answer to the sign-in", async () => {
    const meta = [{ key: "im.retry-after-ms", value: "3000000000", type: MetaType.Int }];
    const signIn = (_: unknown, request: LogicPkt) => ({ ...failing(request, Status.SystemException), meta });
    const client = openImClient(await TestGateway.start(tcp, { signIn }), { retryFirstConnect: true });
    client.connect().catch(() => {});
    await until(client, "offline");
    expect(client.status).toMatchObject({ state: "offline", retryAfterMs: DAY_MS });
  });

  it.each([
    ["Infinity", MetaType.Int],
    ["0x10", MetaType.Int],
    ["5000.5", MetaType.Float],
    ["-1", MetaType.Int],
    ["5000", MetaType.String],
  ])("that is no int (%s, type %i) is none", async (value, type) => {
    const meta = [{ key: "im.retry-after-ms", value, type }];
    const signIn = (_: unknown, request: LogicPkt) => ({ ...failing(request, Status.SystemException), meta });
    const client = openImClient(await TestGateway.start(tcp, { signIn }), { retryFirstConnect: true });
    client.connect().catch(() => {});
    await until(client, "offline");
    expect(client.status).toMatchObject({ state: "offline", retryAfterMs: 0 });
  });

  it("is heeded even when the network comes back, which ends all other waiting", async () => {
    const page = stubPage();
    const refusedMs: number[] = [];
    const gateway: TestGateway = await TestGateway.start(tcp, {
      signIn(login, request) {
        if (refusedMs.length > 0) return gateway.welcome(login, request);
        refusedMs.push(performance.now());
        const meta = [{ key: "im.retry-after-ms", value: "500", type: MetaType.Int }];
        return { ...failing(request, Status.SystemException), meta };
      },
    });
    const client = openImClient(gateway, { reconnect: { baseMs: 600_000, capMs: 600_000 }, retryFirstConnect: true });
    const connecting = client.connect();
    await until(client, "offline");
    for (const type of ["online", "pageshow"]) page.dispatchEvent(new Event(type));
    await within(connecting, "the second sign-in");
    // A timer of Node may fire a millisecond early.
    expect(performance.now() - refusedMs[0]!).toBeGreaterThanOrEqual(498);
  });
});

describe("a connection that is closing", () => {
  it("is not online: a caller that waits for that and repeats a request succeeds", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    const { channelId } = await client.connect();
    const done = deferred();
    let rounds = 0;
    client.on("sys.bye", async () => {
      while (rounds++ < 50) {
        await client.ready();
        const code = await client.request("a.b").then(
          () => "",
          (error) => error.code,
        );
        if (code === "") break;
        expect(["IM_ERR_OFFLINE", "IM_ERR_UNANSWERED"]).toContain(code);
      }
      done.resolve();
    });
    gateway.push("sys.bye", "");
    void gateway.server.closeChannel(channelId, CloseCode.GoingAway, "going away");
    await within(done.promise, "a request that gets through");
    expect(rounds).toBeLessThan(5);
  });

  it("is left at once when what came is no packet, however long its own end takes", async () => {
    const gateway = await TestGateway.start(tcp);
    const dialer = tcp.dialer();
    const mayClose = deferred();
    const slowToClose: Dialer = {
      async dialAndHandshake(context) {
        const conn = await dialer.dialAndHandshake(context);
        const close = conn.close.bind(conn);
        conn.close = (...reason) => mayClose.promise.then(() => close(...reason));
        return conn;
      },
    };
    const client = openImClient(gateway, { dialer: slowToClose });
    const { channelId } = await client.connect();
    gateway.server.push(channelId, bytes("no packet"));
    await until(client, "offline");
    expect(client.status).toMatchObject({ reason: { code: "IM_ERR_CLIENT_CLOSED", closeInfo: { code: 1007 } } });
    await within(client.ready(), "the return");
    mayClose.resolve();
  });
});

describe("what comes back while an attempt is under way", () => {
  const patient = { baseMs: 600_000, capMs: 600_000 };

  it("makes the next follow at once when this one fails", async () => {
    const page = stubPage();
    const gateway = await TestGateway.start(tcp);
    const { dialer, dialing } = swallowingOnce(tcp.dialer());
    const client = openImClient(gateway, { dialer, dialTimeoutMs: 300, reconnect: patient });
    const connecting = client.connect();
    await dialing;
    page.dispatchEvent(new Event("online"));
    await within(connecting, "the second attempt");
  });

  it("ends it if the machine has slept over its time limit, which counts by no timer", async () => {
    const page = stubPage();
    const gateway = await TestGateway.start(tcp);
    const { dialer, dialing } = swallowingOnce(tcp.dialer());
    const client = openImClient(gateway, { dialer, dialTimeoutMs: 60_000, reconnect: patient });
    const connecting = client.connect();
    await dialing;
    page.dispatchEvent(new Event("pageshow"));
    expect(client.status, "before the limit it goes on").toMatchObject({ state: "connecting", failures: 0 });
    const now = Date.now;
    const jumped = vi.spyOn(Date, "now").mockImplementation(() => now() + 60_001);
    onTestFinished(() => jumped.mockRestore());
    page.dispatchEvent(new Event("pageshow"));
    await within(connecting, "the second attempt");
  });
});

describe("a page that is left", () => {
  const patient = { baseMs: 600_000, capMs: 600_000 };

  it("closes in order, in the same step, and dials at once when it is shown again, from wherever it was kept", async () => {
    const page = stubPage();
    const gateway = await TestGateway.start(tcp);
    const { dialer, conns } = spyOnConn(tcp.dialer());
    const client = openImClient(gateway, { dialer, reconnect: patient });
    await client.connect();
    page.dispatchEvent(new Event("pagehide"));
    const reason = expect.objectContaining({ code: "IM_ERR_CLIENT_CLOSED" });
    expect(client.status).toMatchObject({ state: "offline", reason, retryInMs: Number.POSITIVE_INFINITY });
    expect(() => conns[0]!.writeFrame(OpCode.Binary, bytes("late"))).toThrow("clos");
    expect(await within(conns[0]!.closed, "the Close")).toMatchObject({ code: CloseCode.Normal, clean: true });
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    await within(client.ready(), "the return");
  });

  it("while it connects gives that up, and goes on when it is shown again", async () => {
    const page = stubPage();
    const gateway = await TestGateway.start(tcp);
    const { dialer, dialing } = swallowingOnce(tcp.dialer());
    const client = openImClient(gateway, { dialer, reconnect: patient });
    const connecting = client.connect();
    await dialing;
    page.dispatchEvent(new Event("pagehide"));
    expect(client.status).toMatchObject({ state: "offline", retryInMs: Number.POSITIVE_INFINITY });
    page.dispatchEvent(new Event("pageshow"));
    await within(connecting, "the sign-in");
  });

  it("while it waits does not dial before it is shown again", async () => {
    const page = stubPage();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    const { channelId } = await client.connect();
    void gateway.server.closeChannel(channelId, CloseCode.GoingAway);
    await until(client, "offline");
    page.dispatchEvent(new Event("pagehide"));
    await vi.advanceTimersByTimeAsync(hasty.capMs);
    expect(client.status.state).toBe("offline");
    page.dispatchEvent(new Event("pageshow"));
    await vi.advanceTimersByTimeAsync(0);
    vi.useRealTimers();
    await within(client.ready(), "the return");
  });
});

describe("several addresses, one of which is none", () => {
  it("are tried without it", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway, { addresses: ["what is this?", gateway.address] });
    await within(client.connect(), "the second address");
  });

  it("a single one ends it", async () => {
    const client = openImClient({ address: "what is this?" });
    expect(await codeOf(client.connect())).toBe("IM_ERR_INVALID_ADDRESS");
  });
});

describe("a large burst", () => {
  it("of idempotent requests gets through, cut after cut", async () => {
    const { proxy, address } = await behindProxy();
    const client = openImClient({ address });
    await client.connect();
    const body = new Uint8Array(1_000_000);
    const answers = Array.from({ length: 20 }, () => client.request("a.b", body, { idempotent: true }));
    proxy.cutAll();
    await within(Promise.all(answers), "twenty answers");
  });
});

describe("a server that has lost us", () => {
  const gone = (meta: Meta[] = []) => ({
    answer: (request: LogicPkt) => ({ ...failing(request, Status.SessionNotFound), meta }),
  });
  const over = { key: extensionMetaKeys.sessionOver, value: "signed out", type: MetaType.String };

  it.each([
    ["a gateway itself says that the session is gone (404)", gone([over])],
    [
      "a server that confirms no extension, and so may mean that, answers 404",
      { ...gone(), supportsIdempotency: false },
    ],
  ])("signs in again when %s", async (_, options) => {
    const gateway = await TestGateway.start(tcp, options);
    const client = openImClient(gateway);
    await client.connect();
    const statuses = client.statuses();
    expect(await codeOf(client.request("a.b"))).toBe("IM_ERR_REQUEST_FAILED");
    for await (const status of statuses) {
      if (status.state !== "offline") continue;
      const response = expect.objectContaining({ status: Status.SessionNotFound });
      expect(status.reason).toMatchObject({ code: "IM_ERR_REQUEST_FAILED", response });
      break;
    }
    await until(client, "online");
    expect(gateway.logins).toHaveLength(2);
  });

  it("is not meant by the 404 of a handler, which answers one request", async () => {
    const gateway = await TestGateway.start(tcp, gone());
    const client = openImClient(gateway);
    await client.connect();
    const states: string[] = [];
    client.onStatus(({ state }) => void states.push(state));
    for (let round = 0; round < 3; round++) {
      const response = expect.objectContaining({ status: Status.SessionNotFound });
      expect(await errorOf(client.request("a.b"))).toMatchObject({ code: "IM_ERR_REQUEST_FAILED", response });
    }
    expect(states).toEqual([]);
    expect(gateway.logins).toHaveLength(1);
  });

  it("closes with 1007 and reconnects when the server sends bytes that are not a packet", async () => {
    const gateway = await TestGateway.start(tcp);
    const client = openImClient(gateway);
    const { channelId } = await client.connect();
    gateway.server.push(channelId, bytes("no packet"));
    for await (const status of client.statuses()) {
      if (status.state !== "offline") continue;
      expect(status.reason).toMatchObject({ closeInfo: { code: 1007 } });
      break;
    }
    await until(client, "online");
  });
});

describe("where Ping frames cannot be sent", () => {
  it("the heartbeat is a BasicPkt", async () => {
    const gateway = await TestGateway.start(tcp);
    const dialer = tcp.dialer();
    const pinged = deferred();
    const blind = {
      async dialAndHandshake(context: Parameters<typeof dialer.dialAndHandshake>[0]) {
        const conn = await dialer.dialAndHandshake(context);
        const writeFrame = conn.writeFrame.bind(conn);
        Object.defineProperty(conn, "canPing", { value: false });
        conn.writeFrame = (opCode, payload) => {
          if (opCode === OpCode.Ping) throw new TransportError("IM_ERR_INVALID_FRAME", "a browser cannot");
          if (payload.length === 8) pinged.resolve();
          return writeFrame(opCode, payload);
        };
        return conn;
      },
    };
    const client = openImClient(gateway, { dialer: blind, heartbeatMs: 50, heartbeatTimeoutMs: 500 });
    await client.connect();
    await within(pinged.promise, "a BasicPkt ping");
    await client.request("a.b");
    expect(client.status.state).toBe("online");
  });
});

describe("afterwards", () => {
  it("no timer is left, whatever went on", async () => {
    const { proxy, address } = await behindProxy();
    const timers = watchTimers();
    const client = createImClient({ dialer: tcp.dialer(), addresses: address, token: "alice", reconnect: hasty });
    await client.connect();
    const unanswered = codeOf(client.request("a.b"));
    expect(timers(), "while a request is under way").toBe(1);
    proxy.cutAll();
    await until(client, "offline");
    await client.close();
    await unanswered;
    expect(timers()).toBe(0);
  });
});
