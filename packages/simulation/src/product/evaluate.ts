import { createRequire } from "node:module";
import { globalsOf } from "../kernel/process-globals.js";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Network } from "../net/network.js";
import { nodeNetOf } from "../net/node-net.js";

export type Product = typeof import("./entry.js");
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

const requireReal = createRequire(import.meta.url);

/** Compiled once; each process evaluates it with globals of its own. */
export class ProductCode {
  readonly #evaluate: Evaluate;

  constructor(source: string) {
    const names = ["module", "exports", "require", "globalThis", ...globalNames];
    this.#evaluate = new Function(...names, `${source}\n//# sourceURL=product.js`) as Evaluate;
  }

  /** @param memoryBytes what the process may use */
  loadInto(process: SimulatedProcess, network: Network, host: string, memoryBytes: number): Product {
    const globals = globalsOf(process, memoryBytes);
    const module = { exports: {} };
    const net = nodeNetOf(process, network, host);
    const require = (name: string): unknown => (/^(node:)?net$/.test(name) ? net : requireReal(name));
    this.#evaluate(module, module.exports, require, globals, ...globalNames.map((name) => globals[name]));
    return module.exports as Product;
  }
}
