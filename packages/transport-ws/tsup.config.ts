import { definePackage } from "../../tsup.base.ts";

export default definePackage({ index: "src/index.ts", browser: "src/browser/index.ts" });
