import { definePackage } from "../../tsup.base.ts";

const entries = { index: "src/index.ts", messages: "src/messages.ts", compact: "src/compact/index.ts" };

export default [
  definePackage(entries, { clean: ["!browser/**"] }),
  // For browsers, where size counts: the same, with the codec of src/codec/small in place of src/codec/fast.
  definePackage(entries, {
    outDir: "dist/browser",
    dts: false,
    esbuildOptions(options) {
      options.conditions = ["browser"];
    },
  }),
];
