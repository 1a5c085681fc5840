import { definePackage } from "../../tsup.base.ts";

export default definePackage({
  index: "src/index.ts",
  codec: "src/codec.ts",
  messages: "src/messages.ts",
  compact: "src/compact.ts",
});
