import { globalsOf } from "../kernel/process-globals.js";
import type { SimulatedDisk } from "../kernel/simulated-level.js";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Network } from "../net/network.js";
import type { ProductSources } from "./bundle.js";
import { requireOf } from "./node-modules.js";

export type Product = typeof import("./entry.js");
export type PageProduct = typeof import("./page-entry.js");
type Globals = Readonly<Record<string, unknown>>;
type Evaluate = (...given: unknown[]) => void;

const globalNames = [
  "setTimeout",
  "setInterval",
  "clearTimeout",
  "clearInterval",
  "setImmediate",
  "clearImmediate",
  "performance",
  "Date",
  "Math",
  "crypto",
  "process",
  "console",
] as const;

/** Compiled once; each process evaluates it with globals of its own. */
export class ProductCode {
  readonly #node: Evaluate;
  readonly #page: Evaluate;

  constructor({ node, page }: ProductSources) {
    this.#node = compile(node, "product.js");
    this.#page = compile(page, "product-of-pages.js");
  }

  /** @param memoryBytes what the process may use @param disk of the database that it opens */
  loadInto(
    process: SimulatedProcess,
    network: Network,
    host: string,
    memoryBytes: number,
    disk?: SimulatedDisk,
  ): Product {
    const require = requireOf(process, network, host, disk);
    return evaluate(this.#node, globalsOf(process, memoryBytes), require) as Product;
  }

  /** @param globals those of a page, which has no modules */
  loadIntoPage(globals: Globals): PageProduct {
    const require = (name: string) => {
      throw new Error(`a page has no module ${name}`);
    };
    return evaluate(this.#page, globals, require) as PageProduct;
  }
}

function compile(source: string, name: string): Evaluate {
  const names = ["module", "exports", "require", "globalThis", ...globalNames];
  return new Function(...names, `${source}\n//# sourceURL=${name}`) as Evaluate;
}

function evaluate(code: Evaluate, globals: Globals, require: (name: string) => unknown): unknown {
  const module = { exports: {} };
  code(module, module.exports, require, globals, ...globalNames.map((name) => globals[name]));
  return module.exports;
}
