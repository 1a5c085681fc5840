import { definePackage } from "../../tsup.base.ts";

export default definePackage({ index: "src/index.ts", messages: "src/messages.ts", compact: "src/compact/index.ts" });
