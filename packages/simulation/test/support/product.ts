import { bundleProduct } from "../../src/product/bundle.js";
import { ProductCode } from "../../src/product/evaluate.js";

/** The product as it is, compiled once for a test file. */
export const product = new ProductCode(await bundleProduct());
