import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clientErrorCodes } from "@im/client";
import { gatewayErrorCodes } from "@im/gateway";
import { transportErrorCodes } from "@im/transport-core";
import { wireErrorCodes } from "@im/wire";
import { expect, it } from "vitest";
import { root } from "./support/program.js";

const documented = [...readFileSync(join(root, "docs/errors.md"), "utf8").matchAll(/^### `(IM_ERR_\w+)`$/gm)].map(
  (match) => match[1],
);

it("docs/errors.md explains every code that exists, and no other", () => {
  const existing = new Set<string>([
    ...transportErrorCodes,
    ...wireErrorCodes,
    ...clientErrorCodes,
    ...gatewayErrorCodes,
  ]);
  expect([...documented].sort()).toEqual([...existing].sort());
});
