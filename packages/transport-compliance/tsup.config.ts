import { definePackage } from "../../tsup.base.ts";

export default definePackage({
  index: "src/index.ts",
  "fault-proxy": "src/fault-proxy/index.ts",
  memory: "src/memory/index.ts",
});
