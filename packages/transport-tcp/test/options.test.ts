import { invalidOption } from "@im/test-support/raw-peer";
import { expect, it } from "vitest";
import { createTcpServer, type TcpDialerOptions, type TcpServerOptions, tcpDialer } from "../src/index.js";

it.each([
  ["belongs to another transport", { protocols: ["im"] }, "protocols"],
  ["is a wait that is NaN", { keepAliveMs: Number.NaN }, "keepAliveMs"],
  ["is a port beside a path", { port: 8000, path: "/tmp/im.sock" }, "path"],
  ["is trusted proxies that cannot name clients", { trustedProxies: ["10.0.0.0/8"] }, "trustedProxies"],
])("an option of a server that %s is refused by name", (_, options, name) => {
  expect(() => createTcpServer(options as TcpServerOptions)).toThrow(invalidOption(name));
});

it.each([
  ["is misspelt", { keepAlive: 1000 }, "keepAlive"],
  ["is a wait of 0", { keepAliveMs: 0 }, "keepAliveMs"],
  ["is where to connect, among those of TLS", { tls: { host: "chat.example" } }, "tls.host"],
  ["is a function that is none", { tls: { checkServerIdentity: false } }, "tls.checkServerIdentity"],
  ["is a certificate without its key", { tls: { cert: "-----BEGIN CERTIFICATE-----" } }, "tls.key"],
  ["is autoSelectFamily that is no boolean", { autoSelectFamily: 1 }, "autoSelectFamily"],
  [
    "is an attempt without an end",
    { autoSelectFamilyAttemptTimeoutMs: Number.POSITIVE_INFINITY },
    "autoSelectFamilyAttemptTimeoutMs",
  ],
])("an option of a dialer that %s is refused by name", (_, options, name) => {
  expect(() => tcpDialer(options as TcpDialerOptions)).toThrow(invalidOption(name));
});
