import { HashChannelMap, type ServerOptions } from "@im/transport-core";
import { createServer } from "@im/transport-core/authoring";
import { describe, expect, it } from "vitest";
import { FakeListener } from "./support/fake-listener.js";
import { makeServer, soon, startServer } from "./support/servers.js";
import { codeOf, deferred, endOfTurn } from "./support/waiting.js";

describe("starting a server", () => {
  it("resolves when it listens; from then on it has an address", async () => {
    const { server, listener } = makeServer();
    const listening = deferred();
    listener.listening = listening.promise;
    const starting = server.start();
    expect(await codeOf(() => server.address)).toBe("IM_ERR_SERVER_STATE");
    listening.resolve();
    await soon(starting, "the start");
    expect(server.address).toEqual({ host: "10.0.0.7", port: 8000 });
    expect(server.dialUrl).toBe("fake://10.0.0.7:8000");
  });

  it("needs a MessageListener", async () => {
    const server = createServer(new FakeListener(), {});
    expect(await codeOf(server.start())).toBe("IM_ERR_INVALID_OPTION");
    server.setMessageListener({ receive: () => {} });
    await soon(server.start(), "the start with one");
  });

  it("twice is refused, also while it starts", async () => {
    const { server, listener } = makeServer();
    const starting = server.start();
    expect(await codeOf(server.start())).toBe("IM_ERR_SERVER_STATE");
    await starting;
    expect(await codeOf(server.start())).toBe("IM_ERR_SERVER_STATE");
    expect(listener.calls).toEqual(["listen"]);
  });

  it("that failed tells the system's error, and can be tried again, also with other settings", async () => {
    const { server, listener } = makeServer();
    listener.listening = Promise.reject(new Error("EADDRINUSE"));
    const error = await server.start().catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "IM_ERR_LISTEN", cause: { message: "EADDRINUSE" } });
    server.setReadWait(1_000);
    server.setChannelMap(new HashChannelMap());
    listener.listening = Promise.resolve();
    await soon(server.start(), "the second start");
    listener.connect();
  });

  it("with a signal that is aborted already does nothing, and can be tried again", async () => {
    const { server, listener } = makeServer();
    expect(await codeOf(server.start({ signal: AbortSignal.abort(new Error("no")) }))).toBe("Error: no");
    expect(listener.calls).toEqual([]);
    await soon(server.start(), "the second start");
  });

  it("that is aborted stops listening, and can be tried again", async () => {
    const { server, listener } = makeServer();
    const listening = deferred();
    listener.listening = listening.promise;
    const controller = new AbortController();
    const starting = codeOf(server.start({ signal: controller.signal }));
    controller.abort(new Error("changed my mind"));
    const early = listener.connect();
    listening.resolve();
    expect(await soon(starting, "the end of the start")).toBe("Error: changed my mind");
    expect(listener.calls).toEqual(["listen", "close"]);
    expect(early.calls, "who came meanwhile").toContain("close 1001 the server is shutting down");
    expect(listener.accept(), "a connection that comes now").toBeUndefined();
    await soon(server.start(), "the second start");
    listener.connect();
  });

  it("lets in connections that come before start has resolved", async () => {
    const { server, listener, received } = makeServer();
    const listening = deferred();
    listener.listening = listening.promise;
    const starting = server.start();
    listener.connect().receive("early");
    listening.resolve();
    await starting;
    expect(received).toHaveLength(1);
  });
});

describe("the setters", () => {
  it("are refused after start, but for setReadWait", async () => {
    const { server } = await startServer();
    for (const set of [
      () => server.setAcceptor({ accept: () => "x" }),
      () => server.setMessageListener({ receive: () => {} }),
      () => server.setStateListener({ disconnect: () => {} }),
      () => server.setChannelMap(new HashChannelMap()),
    ]) {
      expect(await codeOf(set), String(set)).toBe("IM_ERR_SERVER_STATE");
    }
    server.setReadWait(1_000);
  });

  it("refuse what lacks a method, and bad waits, by name", () => {
    const { server } = makeServer();
    expect(() => server.setAcceptor({} as never)).toThrow(/acceptor .*accept/);
    expect(() => server.setMessageListener({} as never)).toThrow(/messageListener .*receive/);
    expect(() => server.setStateListener({} as never)).toThrow(/stateListener .*disconnect/);
    expect(() => server.setChannelMap({ add: () => true } as never)).toThrow(/channelMap .*remove/);
    expect(() => server.setReadWait(0)).toThrow(/readWaitMs/);
  });

  it("do what the options do", async () => {
    const { server, listener } = makeServer();
    const map = new HashChannelMap();
    const ids: string[] = [];
    server.setAcceptor({ accept: () => "from the setter" });
    server.setChannelMap(map);
    server.setMessageListener({ receive: ({ id }) => void ids.push(id) });
    await server.start();
    const driver = listener.connect();
    await endOfTurn();
    driver.receive("x");
    expect(ids).toEqual(["from the setter"]);
    expect(map.get("from the setter")).toBeDefined();
  });
});

describe("options of a server", () => {
  it.each<[string, unknown]>([
    ["acceptor", {}],
    ["messageListener", { receive: 5 }],
    ["stateListener", null],
    ["channelMap", new Map()],
    ["loginWaitMs", 0],
    ["readWaitMs", Number.NaN],
    ["writeWaitMs", -1],
    ["maxPayloadBytes", 1.5],
    ["receiveConcurrency", 0],
    ["onError", "console"],
  ])("a bad %s is an error at once, by name", (name, value) => {
    const make = () => createServer(new FakeListener(), { [name]: value } as ServerOptions);
    expect(make).toThrow(new RegExp(`^${name} must be`));
    expect(make).toThrow(expect.objectContaining({ code: "IM_ERR_INVALID_OPTION" }));
  });

  it("are copied: a change afterwards changes nothing", async () => {
    const options = { service: { serviceName: "chat", tags: ["a"], meta: { zone: "1" } } };
    const { server } = makeServer(options);
    options.service.tags.push("b");
    options.service.meta.zone = "2";
    expect([server.tags, server.meta]).toEqual([["a"], { zone: "1" }]);
  });
});

describe("service registration", () => {
  it("has defaults, and the listening address as the public one", async () => {
    const { server } = await startServer();
    expect(server).toMatchObject({ serviceName: "im", namespace: "", tags: [], meta: {}, protocol: "fake" });
    expect(server.serviceId).toMatch(/^[0-9a-f-]{36}$/);
    expect([server.publicAddress, server.publicPort]).toEqual(["10.0.0.7", 8000]);
  });

  it("tells what was given; a public address makes the dial url, before start, too", () => {
    const { server } = makeServer({ service: { serviceId: "g1", publicAddress: "im.example", publicPort: 443 } });
    expect([server.serviceId, server.publicAddress, server.publicPort]).toEqual(["g1", "im.example", 443]);
    expect(server.dialUrl).toBe("fake://im.example:443");
  });
});
