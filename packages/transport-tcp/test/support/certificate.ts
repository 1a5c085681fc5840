import { generate } from "selfsigned";

/** A key and a certificate for localhost and 127.0.0.1 that nobody knows but who is given it as `ca`. */
export async function selfSigned(): Promise<{ key: string; cert: string }> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
  });
  return { key, cert };
}
