import { createGateway } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { compactCommandMap } from "@im/wire/compact";
import { commandMap } from "@im/wire/messages";
import { expect, it } from "vitest";
import { type ChatOptions, createChat, MemoryChatStore } from "../src/index.js";

const store = new MemoryChatStore();
const newGateway = () =>
  createGateway({ servers: [createTcpServer({ host: "127.0.0.1" })], authenticate: () => undefined });

it.each([
  ["gateway", { gateway: undefined }],
  ["store", { store: {} }],
  ["maxTextBytes", { maxTextBytes: 0 }],
  ["maxTextBytes", { maxTextBytes: 1_048_576 }],
  ["presenceGraceMs", { presenceGraceMs: Number.NaN }],
  ["rules", { rules: { review: 7 } }],
  ["rules", { rules: () => true }],
  ["onError", { onError: 7 }],
  ["graceMs", { graceMs: 7 }],
])("refuses a wrong %s by its name", (name, wrong) => {
  const options = { gateway: newGateway(), store, ...wrong } as unknown as ChatOptions;
  const message = expect.stringContaining(name);
  expect(() => createChat(options)).toThrow(
    expect.objectContaining({ name: "ChatError", code: "IM_ERR_INVALID_OPTION", message }),
  );
});

it("takes a gateway with any command map, and any data of its sessions", () => {
  const servers = () => [createTcpServer({ host: "127.0.0.1" })];
  createChat({
    gateway: createGateway({ servers: servers(), authenticate: () => undefined, commands: commandMap }),
    store,
  });
  createChat({
    gateway: createGateway({ servers: servers(), authenticate: () => undefined, commands: compactCommandMap }),
    store,
  });
  const authenticate = () => ({ account: "alice", data: { isAdmin: true } });
  createChat({ gateway: createGateway({ servers: servers(), authenticate }), store });
});

it("refuses a second chat of one gateway", () => {
  const gateway = newGateway();
  createChat({ gateway, store });
  expect(() => createChat({ gateway, store })).toThrow(expect.objectContaining({ code: "IM_ERR_GATEWAY_ARGUMENT" }));
});
