import type { Logger, ServerOptions, TransportHooks } from "@im/transport-core";
import { OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { hookNames } from "../src/diagnostics/hook-names.js";
import { bytes } from "./support/fake-driver.js";
import { firstFrameIsId, makeServer, manualAcceptor, startServer } from "./support/servers.js";
import { deferred, endOfTurn } from "./support/waiting.js";

/** Hooks that write down what they are called with; agents by their id, times left out. */
function recorder() {
  const events: string[] = [];
  const hooks: TransportHooks = {
    accepted: ({ host }) => events.push(`accepted ${host}`),
    refused: (why, { host }) => events.push(`refused ${host}: ${why}`),
    opened: ({ id }) => events.push(`opened ${id}`),
    received: ({ id }, payloadBytes) => events.push(`${id} received ${payloadBytes}`),
    sent: ({ id }, payloadBytes) => events.push(`${id} sent ${payloadBytes}`),
    written: ({ id }, _latencyMs, queuedBytes) => events.push(`${id} written, ${queuedBytes} queued`),
    blocked: ({ id }, queuedBytes) => events.push(`${id} blocked, ${queuedBytes} queued`),
    dropped: ({ id }, why, messages, payloadBytes) => events.push(`${id} dropped ${messages}, ${payloadBytes}: ${why}`),
    closed: ({ id }, { code }) => events.push(`closed ${id} ${code}`),
  };
  return { events, hooks };
}

const HOST = { host: "192.0.2.1", port: 1 };

async function observed(options: ServerOptions = {}) {
  const { events, hooks } = recorder();
  const started = await startServer({ acceptor: firstFrameIsId, ...options, hooks });
  return { events, ...started };
}

describe("the hooks of a server", () => {
  it("tell the life of a connection, in order", async () => {
    const { events, listener, server } = await observed({
      messageListener: { receive: (agent) => void agent.push(bytes("answer")) },
    });
    const driver = listener.connect(undefined, HOST);
    driver.receive("alice");
    await endOfTurn();
    driver.receive("hello");
    await endOfTurn();
    server.broadcast(bytes("to all"));
    await endOfTurn();
    driver.receive(Uint8Array.of(0x03, 0xe8), OpCode.Close);
    await endOfTurn();
    expect(events).toEqual([
      "accepted 192.0.2.1",
      "opened alice",
      "alice received 5",
      "alice sent 6",
      "alice written, 0 queued",
      "alice sent 6",
      "alice written, 0 queued",
      "closed alice 1000",
    ]);
  });

  it("measure handshake and login", async () => {
    const times: number[] = [];
    const acceptor = manualAcceptor();
    const { listener } = await startServer({
      acceptor,
      hooks: { opened: (_agent, handshakeMs, loginMs) => times.push(handshakeMs, loginMs) },
    });
    listener.connect();
    acceptor.logins[0]!.resolve("alice");
    await endOfTurn();
    expect(times.length).toBe(2);
    for (const time of times) expect(time).toBeGreaterThanOrEqual(0);
  });

  it("do not count control frames as messages", async () => {
    const { events, listener } = await observed();
    const driver = listener.connect();
    driver.receive("alice");
    await endOfTurn();
    driver.receive("ping", OpCode.Ping);
    await endOfTurn();
    expect(driver.sent).toEqual(["ping"]);
    expect(events.filter((event) => /received|sent/.test(event))).toEqual([]);
  });

  it("tell what the overflow policy drops, and what the system does not take", async () => {
    const { events, listener, server } = await observed({
      overflowPolicy: "drop-newest",
      maxQueuedBytes: 10,
      highWaterMarkBytes: 10,
    });
    const driver = listener.connect();
    driver.receive("alice");
    await endOfTurn();
    driver.isBlocked = true;
    server.push("alice", bytes("ten bytes."));
    await endOfTurn();
    expect(() => server.push("alice", bytes("x"))).toThrow(expect.objectContaining({ code: "IM_ERR_QUEUE_FULL" }));
    driver.drain();
    expect(events.slice(2)).toEqual([
      "alice sent 10",
      "alice blocked, 10 queued",
      "alice dropped 1, 1: overflow-newest",
      "alice written, 0 queued",
    ]);
  });

  it("tell of messages that the listener never took", async () => {
    const { events, listener } = await observed({
      writeWaitMs: 1,
      messageListener: { receive: () => new Promise(() => {}) },
    });
    const driver = listener.connect();
    driver.receive("alice");
    await endOfTurn();
    for (const message of ["taken", "lost", "lost too"]) driver.receive(message);
    const closed = deferred();
    driver.end();
    setTimeout(closed.resolve, 50);
    await closed.promise;
    expect(events.slice(2)).toEqual(["alice received 5", "alice dropped 2, 12: undelivered", "closed alice 1006"]);
  });
});

describe("each accepted connection is opened or refused", () => {
  const refusals: readonly (readonly [
    string,
    ServerOptions,
    (made: Awaited<ReturnType<typeof observed>>) => unknown,
  ])[] = [
    ["handshake", {}, ({ listener }) => listener.accept(HOST)!.handshake.failed()],
    ["origin", {}, ({ listener }) => listener.accept(HOST)!.handshake.failed("origin")],
    ["peer-left", {}, ({ listener }) => listener.connect({}, HOST).end()],
    ["login-refused", { acceptor: { accept: () => Promise.reject(new Error("no")) } }, connect],
    ["login-refused", { acceptor: { accept: () => Promise.reject("no") } }, connect],
    ["login-failed", { acceptor: { accept: () => Promise.reject(new TypeError("bug")) } }, connect],
    ["login-failed", { acceptor: { accept: () => "" } }, connect],
    [
      "shutting-down",
      {},
      (made) => {
        connect(made);
        void made.server.shutdown();
      },
    ],
    [
      "shutting-down",
      {},
      async ({ listener, server }) => {
        const { handshake } = listener.accept(HOST)!;
        await server.shutdown();
        handshake.failed();
      },
    ],
  ];

  it.each(refusals)("%s", async (why, options, act) => {
    const made = await observed(options);
    await act(made);
    await endOfTurn();
    expect(made.events).toEqual(["accepted 192.0.2.1", `refused 192.0.2.1: ${why}`]);
  });

  it("login-timeout, whether it speaks frames yet or not", async () => {
    const { events, listener } = await observed({ loginWaitMs: 20 });
    listener.connect({}, HOST);
    const { handshake, destroyed } = listener.accept(HOST)!;
    while (!destroyed()) await new Promise((resolve) => setTimeout(resolve, 10));
    handshake.failed();
    await endOfTurn();
    expect(events.filter((event) => event.includes("login-timeout")).length).toBe(2);
    expect(events.length).toBe(4);
  });

  it("duplicate-id", async () => {
    const { events, listener } = await observed();
    for (const driver of [listener.connect(undefined, HOST), listener.connect(undefined, HOST)]) {
      driver.receive("alice");
      await endOfTurn();
    }
    expect(events.slice(2)).toEqual(["opened alice", "refused 192.0.2.1: duplicate-id"]);
  });

  it("or refused without being accepted, at the limits", async () => {
    const { events, listener } = await observed({ maxConnections: 1 });
    listener.accept(HOST);
    listener.accept({ host: "192.0.2.2", port: 1 });
    expect(events).toEqual(["accepted 192.0.2.1", "refused 192.0.2.2: max-connections"]);
  });

  function connect({ listener }: Awaited<ReturnType<typeof observed>>): void {
    listener.connect(undefined, HOST);
  }
});

describe("counters stay exact when the application fails on every tenth call", () => {
  it.each([
    [
      "throws",
      () => {
        throw new Error("listener");
      },
    ],
    ["rejects", () => Promise.reject(new Error("listener"))],
    ["never settles", () => new Promise<void>(() => {})],
  ])("a listener that %s", async (_what, fail) => {
    let calls = 0;
    const { events, errors, listener } = await observed({
      messageListener: { receive: () => (++calls % 10 === 0 ? fail() : undefined) },
    });
    const drivers = Array.from({ length: 20 }, () => listener.connect());
    for (const [index, driver] of drivers.entries()) driver.receive(`user ${index}`);
    await endOfTurn();
    for (const driver of drivers) driver.receive("message");
    await endOfTurn();
    const count = (word: string) => events.filter((event) => event.includes(word)).length;
    expect([count("opened"), count("received"), count("closed")]).toEqual([20, 20, 0]);
    expect(errors.length).toBe(_what === "never settles" ? 0 : 2);
  });

  it("an Acceptor that throws: the others are let in", async () => {
    let calls = 0;
    const { events, listener } = await observed({
      acceptor: {
        accept: () => {
          if (++calls % 10 === 0) throw new Error("acceptor");
          return `user ${calls}`;
        },
      },
    });
    for (let i = 0; i < 100; i++) listener.connect(undefined, HOST);
    await endOfTurn();
    const count = (word: string) => events.filter((event) => event.includes(word)).length;
    expect([count("accepted"), count("opened"), count("login-refused")]).toEqual([100, 90, 10]);
  });
});

describe("a hook that fails", () => {
  it("is reported, and harms no connection", async () => {
    const failing = Object.fromEntries(
      hookNames.map((name) => [
        name,
        () => {
          throw new Error(name);
        },
      ]),
    );
    const { listener, errors, received, left } = await startServer({ acceptor: firstFrameIsId, hooks: failing });
    const driver = listener.connect();
    driver.receive("alice");
    await endOfTurn();
    driver.receive("hello");
    await endOfTurn();
    driver.end();
    await endOfTurn();
    expect([received, left.map(({ id }) => id)]).toEqual([["alice: hello"], ["alice"]]);
    expect(errors.map(({ code, during }) => `${during}: ${code}`)).toEqual([
      "hook: Error: accepted",
      "hook: Error: opened",
      "hook: Error: received",
      "hook: Error: closed",
    ]);
  });

  it("by a rejection is reported as well", async () => {
    const { listener, errors } = await startServer({
      hooks: { accepted: (() => Promise.reject(new Error("async"))) as never },
    });
    listener.connect();
    await endOfTurn();
    expect(errors).toEqual([{ code: "Error: async", during: "hook" }]);
  });

  it("because it is no function is refused by name", () => {
    expect(() => makeServer({ hooks: { opened: 5 } as never })).toThrow("hooks.opened must be a function, not 5");
    expect(() => makeServer({ hooks: null as never })).toThrow("hooks must be an object");
  });
});

describe("a logger", () => {
  function makeLogger() {
    const lines: string[] = [];
    const at = (level: string) => (details: object, message: string) =>
      void lines.push(`${level} ${message} ${JSON.stringify(details, (key, value) => (/Ms$/.test(key) ? 0 : value))}`);
    const levels = ["trace", "debug", "info", "warn", "error", "fatal"];
    return { lines, logger: Object.fromEntries(levels.map((level) => [level, at(level)])) as unknown as Logger };
  }

  it("of pino's shape gets the life of the server, and that of connections at level debug", async () => {
    const { lines, logger } = makeLogger();
    const { server, listener } = await startServer({ acceptor: firstFrameIsId, logger });
    const driver = listener.connect();
    driver.receive("alice");
    await endOfTurn();
    await server.shutdown();
    expect(lines).toEqual([
      'info listening {"address":{"host":"10.0.0.7","port":8000},"protocol":"fake"}',
      'debug opened {"channelId":"alice","remoteAddress":{"host":"127.0.0.2","port":2},"handshakeMs":0,"loginMs":0}',
      'info shutting down {"connectionsPerSecond":null}',
      'debug closed {"channelId":"alice","code":1001,"reason":"the server is shutting down","clean":true}',
      'info shut down {"clean":1,"cut":0}',
    ]);
  });

  it("gets errors besides onError, ordinary ones at level debug", async () => {
    const { lines, logger } = makeLogger();
    const { listener, errors } = await startServer({
      acceptor: firstFrameIsId,
      logger,
      messageListener: {
        receive: () => {
          throw new Error("bug");
        },
      },
    });
    listener.connect().end();
    const driver = listener.connect();
    driver.receive("alice");
    await endOfTurn();
    driver.receive("hello");
    expect(errors.map(({ code }) => code)).toEqual(["IM_ERR_CLOSED", "Error: bug"]);
    expect(lines.filter((line) => line.includes("error during"))).toEqual([
      expect.stringMatching(/^debug error during accept .*IM_ERR_CLOSED/),
      expect.stringMatching(/^error error during receive .*"channelId":"alice"/),
    ]);
  });

  it("that throws harms no connection", async () => {
    const broken = () => {
      throw new Error("disk full");
    };
    const logger = Object.fromEntries(
      ["trace", "debug", "info", "warn", "error", "fatal"].map((level) => [level, broken]),
    ) as unknown as Logger;
    const { server, listener, received } = await startServer({ acceptor: firstFrameIsId, logger });
    const driver = listener.connect();
    driver.receive("alice");
    await endOfTurn();
    driver.receive("hello");
    expect(received).toEqual(["alice: hello"]);
    expect(await server.shutdown()).toEqual({ clean: 1, cut: 0 });
  });

  it("without one of pino's levels is refused by name", () => {
    expect(() => makeServer({ logger: console as never })).toThrow("logger must be an object with a method fatal");
  });
});
