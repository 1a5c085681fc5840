import { createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import { PemConverter, X509CrlGenerator } from "@peculiar/x509";
import type { KeyPair } from "./certificate.js";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A list of the certificates that an authority has revoked (CRL, RFC 5280 §5), in PEM. */
export async function createRevocationList(authority: KeyPair, revoked: readonly string[]): Promise<string> {
  const key = createPrivateKey(authority.key).export({ type: "pkcs8", format: "der" });
  const crl = await X509CrlGenerator.create(
    {
      issuer: new X509Certificate(authority.cert).subject,
      thisUpdate: new Date("2020-01-01"),
      nextUpdate: new Date("2120-01-01"),
      signingAlgorithm: algorithm,
      signingKey: await webcrypto.subtle.importKey("pkcs8", key, algorithm, false, ["sign"]),
      entries: revoked.map((cert) => ({ serialNumber: new X509Certificate(cert).serialNumber })),
    },
    webcrypto as Parameters<typeof X509CrlGenerator.create>[1],
  );
  // The library's own label is not the one of RFC 7468 §5.
  return PemConverter.encode(crl.rawData, "X509 CRL");
}
