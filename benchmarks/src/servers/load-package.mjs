import { createRequire } from "node:module";

/** Loads a package: with --commonjs as CommonJS, else as ES modules. */
export const loadPackage = process.argv.includes("--commonjs")
  ? createRequire(import.meta.url)
  : (name) => import(name);
