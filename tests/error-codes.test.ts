import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chatErrorCodes } from "@im/chat";
import { clientErrorCodes } from "@im/client";
import { gatewayErrorCodes } from "@im/gateway";
import { transportErrorCodes } from "@im/transport-core";
import { wireErrorCodes } from "@im/wire";
import { expect, it } from "vitest";
import { root } from "./support/program.js";

const documented = ["docs/errors.md", "docs/chat.md"].flatMap((document) =>
  [...readFileSync(join(root, document), "utf8").matchAll(/^### `(IM_ERR_\w+)`$/gm)].map((match) => match[1]),
);

it("docs/errors.md and docs/chat.md explain every code that exists, and no other", () => {
  const existing = new Set<string>([
    ...transportErrorCodes,
    ...wireErrorCodes,
    ...clientErrorCodes,
    ...gatewayErrorCodes,
    ...chatErrorCodes,
  ]);
  expect([...documented].sort()).toEqual([...existing].sort());
});
