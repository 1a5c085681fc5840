import { definePackage } from "../../tsup.base.ts";

export default definePackage({
  index: "src/index.ts",
  authoring: "src/authoring.ts",
  commands: "src/commands/index.ts",
  "contract-suites": "src/contract-suites/index.ts",
});
