import { generate } from "selfsigned";

/** A key and its certificate, in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** A name of the host beside localhost and 127.0.0.1, or of the client. */
  readonly name?: string;
  /** The authority that signs it. @default it signs itself, and is an authority */
  readonly signedBy?: KeyPair;
  /** @default a year from now */
  readonly notAfterDate?: Date;
}

/** A key and a certificate for 127.0.0.1 and localhost, made on the spot. */
export async function createCertificate(options: CertificateOptions = {}): Promise<KeyPair> {
  const { name = "localhost", signedBy, notAfterDate } = options;
  const { private: key, cert } = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date("2020-01-01"),
    notAfterDate: notAfterDate ?? new Date(Date.now() + 365 * 24 * 3600 * 1000),
    ...(signedBy && { ca: signedBy }),
    extensions: [
      { name: "basicConstraints", cA: signedBy === undefined },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
          ...(name === "localhost" ? [] : [{ type: 2, value: name } as const]),
        ],
      },
    ],
  });
  return { key, cert };
}
