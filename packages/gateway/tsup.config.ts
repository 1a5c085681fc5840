import { definePackage } from "../../tsup.base.ts";

export default definePackage({ index: "src/index.ts", "contract-suites": "src/contract-suites/index.ts" });
