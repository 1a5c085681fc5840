import { describe, expect, it } from "vitest";
import { context } from "./harness.js";
import type { RawDialerOptions, RawServerOptions, RawTransport } from "./raw-transport.js";

export const invalidOption = (name: string) =>
  expect.objectContaining({ code: "IM_ERR_INVALID_OPTION", message: expect.stringContaining(name) });

export function describeOptions(transport: RawTransport): void {
  describe("an option of a server", () => {
    it.each([
      ["is misspelt", { readWaitMS: 1000 }, "readWaitMS"],
      ["is a login wait of 0", { loginWaitMs: 0 }, "loginWaitMs"],
      ["is a read wait of 0", { readWaitMs: 0 }, "readWaitMs"],
      ["is a wait below 0", { loginWaitMs: -1 }, "loginWaitMs"],
      ["is a wait that is no number", { writeWaitMs: "10" }, "writeWaitMs"],
      ["is a wait that is NaN", { closeWaitMs: Number.NaN }, "closeWaitMs"],
      ["is a limit of half a byte", { maxPayloadBytes: 0.5 }, "maxPayloadBytes"],
      ["is a mark above the limit", { highWaterMarkBytes: 100, maxQueuedBytes: 10 }, "highWaterMarkBytes"],
      ["is a key that is none", { tls: { key: "none", cert: "none" } }, "tls"],
      ["is a port that is none", { port: 65536 }, "port"],
      ["is a listener without its method", { messageListener: {} }, "messageListener"],
    ])("that %s is refused by name", (_, options, name) => {
      expect(() => transport.createServer(options as RawServerOptions)).toThrow(invalidOption(name));
    });

    it("is copied: a later change does not count", async () => {
      const options = { host: "127.0.0.1", messageListener: { receive() {} } };
      const server = transport.createServer(options);
      options.host = "192.0.2.1";
      await server.start();
      expect(server.address.host).toBe("127.0.0.1");
      await server.shutdown();
    });
  });

  describe("an option of a dialer", () => {
    it.each([
      ["is misspelt", { maxPayloadByte: 1000 }, "maxPayloadByte"],
      ["belongs to a server", { readWaitMs: 1000 }, "readWaitMs"],
      ["is a limit of 0", { maxPayloadBytes: 0 }, "maxPayloadBytes"],
      ["is a certificate that is none", { tls: { ca: "none", cert: "none" } }, "tls"],
    ])("that %s is refused by name", (_, options, name) => {
      expect(() => transport.createDialer(options as RawDialerOptions)).toThrow(invalidOption(name));
    });
  });

  it("a dial without a time limit is refused by name", async () => {
    const dialling = transport.createDialer().dialAndHandshake({ ...context("127.0.0.1:1"), timeoutMs: 0 });
    await expect(dialling).rejects.toThrow(invalidOption("timeoutMs"));
  });
}
