import { describe, expect, it } from "vitest";
import { createTcpServer, type TcpDialerOptions, type TcpServerOptions, tcpDialer } from "../src/index.js";

const invalid = (name: string) =>
  expect.objectContaining({ code: "IM_ERR_INVALID_OPTION", message: expect.stringContaining(name) });

describe("an option of a server", () => {
  it.each([
    ["is misspelt", { readWaitMS: 1000 }, "readWaitMS"],
    ["belongs to another transport", { protocols: ["im"] }, "protocols"],
    ["is a wait of 0", { readWaitMs: 0 }, "readWaitMs"],
    ["is a wait below 0", { loginWaitMs: -1 }, "loginWaitMs"],
    ["is a wait that is no number", { writeWaitMs: "10" }, "writeWaitMs"],
    ["is a wait that is NaN", { keepAliveMs: Number.NaN }, "keepAliveMs"],
    ["is a limit of half a byte", { maxPayloadBytes: 0.5 }, "maxPayloadBytes"],
    ["is a key that is none", { tls: { key: "none", cert: "none" } }, "tls"],
    ["is a port that is none", { port: 65536 }, "port"],
    ["is a port beside a path", { port: 8000, path: "/tmp/im.sock" }, "path"],
    ["is a mark above the limit", { highWaterMarkBytes: 100, maxQueuedBytes: 10 }, "highWaterMarkBytes"],
    ["is a listener without its method", { messageListener: {} }, "messageListener"],
  ])("that %s is refused by name", (_, options, name) => {
    expect(() => createTcpServer(options as TcpServerOptions)).toThrow(invalid(name));
  });

  it("is copied: what is changed later does not count", async () => {
    const options = { host: "127.0.0.1", messageListener: { receive() {} } };
    const server = createTcpServer(options);
    options.host = "192.0.2.1";
    await server.start();
    expect(server.address.host).toBe("127.0.0.1");
    await server.shutdown();
  });
});

describe("an option of a dialer", () => {
  it.each([
    ["is misspelt", { keepAlive: 1000 }, "keepAlive"],
    ["belongs to a server", { readWaitMs: 1000 }, "readWaitMs"],
    ["is a wait of 0", { keepAliveMs: 0 }, "keepAliveMs"],
    ["is a certificate that is none", { tls: { ca: "none", cert: "none" } }, "tls"],
  ])("that %s is refused by name", (_, options, name) => {
    expect(() => tcpDialer(options as TcpDialerOptions)).toThrow(invalid(name));
  });
});

it("a context without a time limit is refused by name", async () => {
  const context = { id: "", name: "", address: "127.0.0.1:1", timeoutMs: 0 };
  await expect(tcpDialer().dialAndHandshake(context)).rejects.toThrow(invalid("timeoutMs"));
});
