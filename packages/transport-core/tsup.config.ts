import { definePackage } from "../../tsup.base.ts";

export default definePackage({
  index: "src/index.ts",
  authoring: "src/authoring.ts",
  internal: "src/internal.ts",
  node: "src/node/index.ts",
});
