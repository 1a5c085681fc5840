import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { createWsServer, type WsDialerOptions, type WsServerOptions, wsDialer } from "../src/index.js";

const invalid = (name: string) =>
  expect.objectContaining({ code: "IM_ERR_INVALID_OPTION", message: expect.stringContaining(name) });

describe("an option of a server", () => {
  it.each([
    ["is misspelt", { readWaitMS: 1000 }, "readWaitMS"],
    ["belongs to another transport", { keepAliveMs: 1000 }, "keepAliveMs"],
    ["is a wait of 0", { loginWaitMs: 0 }, "loginWaitMs"],
    ["is a limit of half a byte", { maxPayloadBytes: 0.5 }, "maxPayloadBytes"],
    ["is a key that is none", { tls: { key: "none", cert: "none" } }, "tls"],
    ["is a port that is none", { port: 65536 }, "port"],
    ["is a path without its slash", { path: "im" }, "path"],
    ["is a path with a query", { path: "/im?x=1" }, "path"],
    ["is a path with a hash", { path: "/im#x" }, "path"],
    ["is a path with a backslash", { path: "/a\\b" }, "path"],
    ["is a path with a line's end", { path: "/im\n" }, "path"],
    ["is a path with a dot segment", { path: "/a/../im" }, "path"],
    ["is a path with an escaped dot segment", { path: "/im/%2E" }, "path"],
    ["is no path", { path: 1 }, "path"],
    ["is an application of a web framework", { server: Object.assign(() => {}, createServer()) }, "app.listen()"],
    ["is no server", { server: null }, "http.createServer(app)"],
    ["is a port beside a server that has one", { server: createServer(), port: 8000 }, "server"],
    ["is TLS beside a server that has its own", { server: createServer(), tls: {} }, "server"],
    ["is a subprotocol that is no token", { protocols: ["two words"] }, "protocols"],
    ["is a listener without its method", { messageListener: {} }, "messageListener"],
  ])("that %s is refused by name", (_, options, name) => {
    expect(() => createWsServer(options as WsServerOptions)).toThrow(invalid(name));
  });

  it.each([
    "*",
    "https://chat.example/",
    "https://chat.example/im",
    "chat.example",
    "localhost:3000",
    "https://",
    "",
    1,
    "https://*.example",
    "https://chat.example:443",
    "wss://chat.example",
    "https://me@chat.example",
    "https://чат.example",
  ])("that is an origin which no page has, %j, is refused by name", (origin) => {
    const origins = ["https://good.example", origin] as string[];
    expect(() => createWsServer({ origins })).toThrow(invalid("origins[1]"));
  });

  it.each([
    [[]],
    [["null"]],
    [["http://localhost:3000", "HTTPS://Chat.Example"]],
    [["http://[::1]:3000"]],
    [["capacitor://localhost", "chrome-extension://abcdef", "file://"]],
  ])("that lists the origins %j is taken", (origins) => {
    expect(() => createWsServer({ origins })).not.toThrow();
  });

  it("is copied: what is changed later does not count", async () => {
    const options = { host: "127.0.0.1", path: "/im", messageListener: { receive() {} } };
    const server = createWsServer(options);
    options.host = "192.0.2.1";
    options.path = "/elsewhere";
    await server.start();
    expect(server.dialUrl).toBe(`ws://127.0.0.1:${server.address.port}/im`);
    await server.shutdown();
  });
});

describe("an option of a dialer", () => {
  it.each([
    ["is misspelt", { header: {} }, "header"],
    ["belongs to a server", { readWaitMs: 1000 }, "readWaitMs"],
    ["is a certificate that is none", { tls: { cert: "none" } }, "tls"],
    ["is a limit of 0", { maxPayloadBytes: 0 }, "maxPayloadBytes"],
    ["is a subprotocol that is no token", { protocols: ["two words"] }, "protocols"],
    ["is a subprotocol twice", { protocols: ["im", "im"] }, "protocols"],
    ["is subprotocols in one text", { protocols: "im" }, "protocols"],
  ])("that %s is refused by name", (_, options, name) => {
    expect(() => wsDialer(options as WsDialerOptions)).toThrow(invalid(name));
  });

  it.each([["is a header that HTTP does not allow", { headers: { "a b": "c" } }, "a b"]])(
    "that %s is refused when it dials",
    async (_, options, words) => {
      const context = { id: "", name: "", address: "wss://127.0.0.1:9", timeoutMs: 1000 };
      await expect(wsDialer(options).dialAndHandshake(context)).rejects.toThrow(invalid(words));
    },
  );
});

describe("an address", () => {
  it.each([
    "",
    "http://localhost:1",
    "tcp://localhost:1",
    "ws://",
    "ws://localhost:99999",
    "unix:/im.sock",
    "UNIX:im.sock",
    "ws+unix:///im.sock",
  ])("%j is refused with IM_ERR_INVALID_ADDRESS, which quotes it", async (address) => {
    const dialling = wsDialer().dialAndHandshake({ id: "", name: "", address, timeoutMs: 1000 });
    await expect(dialling).rejects.toThrow(
      expect.objectContaining({ code: "IM_ERR_INVALID_ADDRESS", message: expect.stringContaining(`"${address}"`) }),
    );
  });
  it("with a hash is refused, and what stands there is not shown", async () => {
    const dialling = wsDialer().dialAndHandshake({
      id: "",
      name: "",
      address: "ws://localhost:1/#part",
      timeoutMs: 1000,
    });
    await expect(dialling).rejects.toThrow(
      expect.objectContaining({
        code: "IM_ERR_INVALID_ADDRESS",
        message: expect.stringContaining('"ws://localhost:1/#…"'),
      }),
    );
  });

  it("of a Unix domain socket is refused by that name", async () => {
    const dialling = wsDialer().dialAndHandshake({ id: "", name: "", address: "unix:/im.sock", timeoutMs: 1000 });
    await expect(dialling).rejects.toThrow(
      expect.objectContaining({ message: expect.stringContaining("Unix domain socket") }),
    );
  });
});
