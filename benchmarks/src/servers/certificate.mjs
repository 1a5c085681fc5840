// With --tls, what a server encrypts with; a load does not check it.
import { generate } from "selfsigned";

const { private: key, cert } = process.argv.includes("--tls")
  ? await generate([{ name: "commonName", value: "localhost" }], { keyType: "ec", algorithm: "sha256" })
  : {};

/** A key and a certificate, or undefined without --tls. */
export const certificate = key && { key, cert };
