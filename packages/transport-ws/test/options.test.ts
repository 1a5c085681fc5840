import { createServer } from "node:http";
import { context, invalidOption } from "@im/test-support/raw-peer";
import { describe, expect, it } from "vitest";
import { createWsServer, type WsDialerOptions, type WsServerOptions, wsDialer } from "../src/index.js";

describe("an option of a server", () => {
  it.each([
    ["belongs to another transport", { keepAliveMs: 1000 }, "keepAliveMs"],
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
    ["is TLS without a certificate", { tls: {} }, "tls"],
    ["is an option of HTTP among those of TLS", { tls: { maxHeaderSize: 1 } }, "tls.maxHeaderSize"],
    ["is a subprotocol that is no token", { protocols: ["two words"] }, "protocols"],
  ])("that %s is refused by name", (_, options, name) => {
    expect(() => createWsServer(options as WsServerOptions)).toThrow(invalidOption(name));
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
    expect(() => createWsServer({ origins })).toThrow(invalidOption("origins[1]"));
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

  it("is copied: a later change of the path does not count", async () => {
    const options = { host: "127.0.0.1", path: "/im", messageListener: { receive() {} } };
    const server = createWsServer(options);
    options.path = "/elsewhere";
    await server.start();
    expect(server.dialUrl).toBe(`ws://127.0.0.1:${server.address.port}/im`);
    await server.shutdown();
  });
});

describe("an option of a dialer", () => {
  it.each([
    ["is misspelt", { header: {} }, "header"],
    ["is a subprotocol that is no token", { protocols: ["two words"] }, "protocols"],
    ["is a subprotocol twice", { protocols: ["im", "im"] }, "protocols"],
    ["is subprotocols in one text", { protocols: "im" }, "protocols"],
    ["is no agent", { agent: "http://proxy.example:3128" }, "agent"],
    ["is a misspelt option of TLS", { tls: { serverName: "chat.example" } }, "tls.serverName"],
    ["is an option of HTTP among those of TLS", { tls: { followRedirects: true } }, "tls.followRedirects"],
    ["is no lookup", { lookup: "127.0.0.1" }, "lookup"],
  ])("that %s is refused by name", (_, options, name) => {
    expect(() => wsDialer(options as WsDialerOptions)).toThrow(invalidOption(name));
  });

  it.each([["is a header that HTTP does not allow", { headers: { "a b": "c" } }, "a b"]])(
    "that %s is refused when it dials",
    async (_, options, words) => {
      const dialling = wsDialer(options).dialAndHandshake(context("wss://127.0.0.1:9"));
      await expect(dialling).rejects.toThrow(invalidOption(words));
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
    const dialling = wsDialer().dialAndHandshake(context(address));
    await expect(dialling).rejects.toThrow(
      expect.objectContaining({ code: "IM_ERR_INVALID_ADDRESS", message: expect.stringContaining(`"${address}"`) }),
    );
  });

  it("with a hash is refused, and what stands there is not shown", async () => {
    const dialling = wsDialer().dialAndHandshake(context("ws://localhost:1/#part"));
    await expect(dialling).rejects.toThrow(
      expect.objectContaining({
        code: "IM_ERR_INVALID_ADDRESS",
        message: expect.stringContaining('"ws://localhost:1/#…"'),
      }),
    );
  });

  it("of a Unix domain socket is refused by that name", async () => {
    const dialling = wsDialer().dialAndHandshake(context("unix:/im.sock"));
    await expect(dialling).rejects.toThrow(
      expect.objectContaining({ message: expect.stringContaining("Unix domain socket") }),
    );
  });
});
