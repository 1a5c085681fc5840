import { definePackage, types } from "../../tsup.base.ts";

const typed = { index: "src/index.ts", browser: "src/browser/index.ts" };

/** The entry for Bun has the types of the root entry: types that two entries share would import Node's for a page. */
export default definePackage({ ...typed, bun: "src/bun/index.ts" }, { dts: { ...types, entry: typed } });
