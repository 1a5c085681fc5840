import { invalidOption } from "@im/transport-compliance/raw-peer";
import { expect, it } from "vitest";
import { createTcpServer, type TcpDialerOptions, type TcpServerOptions, tcpDialer } from "../src/index.js";

it.each([
  ["belongs to another transport", { protocols: ["im"] }, "protocols"],
  ["is a wait that is NaN", { keepAliveMs: Number.NaN }, "keepAliveMs"],
  ["is a port beside a path", { port: 8000, path: "/tmp/im.sock" }, "path"],
])("an option of a server that %s is refused by name", (_, options, name) => {
  expect(() => createTcpServer(options as TcpServerOptions)).toThrow(invalidOption(name));
});

it.each([
  ["is misspelt", { keepAlive: 1000 }, "keepAlive"],
  ["is a wait of 0", { keepAliveMs: 0 }, "keepAliveMs"],
])("an option of a dialer that %s is refused by name", (_, options, name) => {
  expect(() => tcpDialer(options as TcpDialerOptions)).toThrow(invalidOption(name));
});
