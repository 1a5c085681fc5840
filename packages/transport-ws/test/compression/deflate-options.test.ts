import { invalidOption } from "@im/test-support/raw-peer";
import { describe, expect, it } from "vitest";
import { createWsServer, type WsServerOptions, wsDialer } from "../../src/index.js";

describe("perMessageDeflate", () => {
  it.each([
    ["no object", 1, "perMessageDeflate"],
    ["null", null, "perMessageDeflate"],
    ["an unknown option", { windowBits: 9 }, "windowBits"],
    ["a flag that is none", { serverNoContextTakeover: 1 }, "perMessageDeflate.serverNoContextTakeover"],
    ["a window of 7 bits", { serverMaxWindowBits: 7 }, "perMessageDeflate.serverMaxWindowBits"],
    ["a window of 16 bits", { clientMaxWindowBits: 16 }, "perMessageDeflate.clientMaxWindowBits"],
    ["a negative threshold", { threshold: -1 }, "perMessageDeflate.threshold"],
    ["level 10", { level: 10 }, "perMessageDeflate.level"],
    ["memLevel 0", { memLevel: 0 }, "perMessageDeflate.memLevel"],
    ["no concurrency", { concurrencyLimit: 0 }, "perMessageDeflate.concurrencyLimit"],
  ])("that is %s is refused by name, by servers and dialers", (_, perMessageDeflate, name) => {
    const options = { perMessageDeflate } as WsServerOptions;
    expect(() => createWsServer(options)).toThrow(invalidOption(name));
    expect(() => wsDialer(options as object)).toThrow(invalidOption(name));
  });

  it.each([true, false, undefined, {}, { level: -1, memLevel: 1, threshold: 0, concurrencyLimit: 1 }])(
    "that is %j is taken",
    (perMessageDeflate) => {
      expect(() => createWsServer({ perMessageDeflate })).not.toThrow();
      expect(() => wsDialer({ perMessageDeflate })).not.toThrow();
    },
  );
});
