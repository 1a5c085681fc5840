import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

describe("bundle size", () => {
  it.each(["@im/wire", "@im/wire/codec"])("%s pulls in neither protobuf-es nor the body messages", async (entry) => {
    const code = await bundle(`import * as wire from "${entry}"; console.log(wire);`);
    expect(code).toContain("IM_ERR_MAGIC");
    for (const absent of ["fileDesc", "MessageReq", "im.wire.v1"]) expect(code).not.toContain(absent);
  });

  it("what is not used is left out", async () => {
    const code = await bundle('import { read, marshal } from "@im/wire"; console.log(read, marshal);');
    expect(code).toContain("IM_ERR_HEADER_INVALID");
    for (const absent of ["bufferedBytes", "IM_ERR_META_INVALID", "chat.user.talk"]) expect(code).not.toContain(absent);
  });

  it("the messages entry does pull them in, so these words are what to look for", async () => {
    const code = await bundle('import { MessageReqSchema } from "@im/wire/messages"; console.log(MessageReqSchema);');
    for (const present of ["fileDesc", "MessageReq"]) expect(code).toContain(present);
  });

  it("one message does not pull in the messages of other files", async () => {
    const only = await bundle('import { ErrorRespSchema } from "@im/wire/messages"; console.log(ErrorRespSchema);');
    expect(only).not.toContain("file_im_wire_v1_group");
  });
});

async function bundle(program: string): Promise<string> {
  const result = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["@im/source"],
  });
  return result.outputFiles[0]!.text;
}
