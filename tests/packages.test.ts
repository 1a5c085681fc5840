import { createRequire } from "node:module";
import { join } from "node:path";
import { inspect } from "node:util";
import { ChatError } from "@im/chat";
import { ClientError } from "@im/client";
import { GatewayError } from "@im/gateway";
import { TransportError } from "@im/transport-core";
import { WireError } from "@im/wire";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { root } from "./support/program.js";

const require = createRequire(import.meta.url);

describe("the ESM and the CJS copy of a package", () => {
  it.each([
    ["@im/transport-core", "TransportError", TransportError, "IM_ERR_CLOSED"],
    ["@im/wire", "WireError", WireError, "IM_ERR_MAGIC"],
    ["@im/client", "ClientError", ClientError, "IM_ERR_NO_DIALER"],
    ["@im/gateway", "GatewayError", GatewayError, "IM_ERR_UNAUTHORIZED"],
    ["@im/chat", "ChatError", ChatError, "IM_ERR_STORE_IO"],
  ])("of %s recognise each other's %s", (name, className, EsmError, code) => {
    const CjsError = require(name)[className];
    expect(CjsError).not.toBe(EsmError);
    const args = [code, "message"] as never as ConstructorParameters<typeof WireError>;
    expect(new CjsError(...args)).toBeInstanceOf(EsmError);
    expect(new (EsmError as typeof WireError)(...args)).toBeInstanceOf(CjsError);
    expect(new Error("message")).not.toBeInstanceOf(EsmError);
  });

  it.each([
    ["@im/transport-core", "TransportError", TransportError],
    ["@im/wire", "WireError", WireError],
    ["@im/client", "ClientError", ClientError],
    ["@im/gateway", "GatewayError", GatewayError],
    ["@im/chat", "ChatError", ChatError],
  ])("of %s print an error as %s", (name, className, EsmError) => {
    for (const Built of [EsmError, require(name)[className]] as (typeof WireError)[]) {
      const error = new Built("IM_ERR_MAGIC", "message");
      expect([Built.name, inspect(error).split("\n")[0]]).toEqual([className, `${className}: message`]);
    }
  });

  it("of @im/transport-core share one class between their entries", () => {
    const { createServer } = require("@im/transport-core/authoring");
    const { TransportError: CjsError } = require("@im/transport-core");
    const unusable = { protocol: "none" };
    let thrown: unknown;
    try {
      createServer(unusable, { readWaitMs: -1 });
    } catch (error) {
      thrown = error;
    }
    expect((thrown as Error).constructor).toBe(CjsError);
  });
});

describe("in a browser", () => {
  async function bundle(code: string): Promise<string> {
    const { outputFiles, warnings } = await build({
      stdin: { contents: code, resolveDir: join(root, "tests") },
      bundle: true,
      platform: "browser",
      format: "esm",
      minify: true,
      write: false,
      logLevel: "silent",
    });
    expect(warnings).toEqual([]);
    return outputFiles[0]!.text;
  }

  it("wire, core and client need nothing of Node", async () => {
    const code = await bundle(`
      export { createClient } from "@im/client";
      export { createChannel } from "@im/transport-core";
      export * from "@im/transport-core/authoring";
      export * from "@im/wire";
      export * from "@im/wire/codec";
      export * from "@im/wire/messages";
    `);
    expect(code).not.toMatch(/\bBuffer\b|\brequire\(|"node:/);
  });

  it("a program without bodies carries no generated code", async () => {
    const code = await bundle(`export { read, marshal, createRequest, commands } from "@im/wire";`);
    expect(code).not.toMatch(/MessageReq|fileDesc|\$typeName/);
  });
});
