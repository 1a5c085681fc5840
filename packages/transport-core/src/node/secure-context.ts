import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { TransportError } from "../errors.js";
import { invalidOption } from "../internal/check-options.js";

/** What `createSecureContext` reads. The type makes the list complete. */
const names: Record<keyof SecureContextOptions, true> = {
  ALPNCallback: true,
  allowPartialTrustChain: true,
  ca: true,
  cert: true,
  ciphers: true,
  clientCertEngine: true,
  crl: true,
  dhparam: true,
  ecdhCurve: true,
  honorCipherOrder: true,
  key: true,
  maxVersion: true,
  minVersion: true,
  passphrase: true,
  pfx: true,
  privateKeyEngine: true,
  privateKeyIdentifier: true,
  secureOptions: true,
  secureProtocol: true,
  sessionIdContext: true,
  sessionTimeout: true,
  sigalgs: true,
  ticketKeys: true,
};
export const secureContextOptionNames: readonly string[] = Object.keys(names);

/**
 * Checks keys, certificates and all else that a secure context is made of.
 *
 * @param where the name of the option that has them, such as `tls`
 * @throws `IM_ERR_INVALID_OPTION`, which names the option that cannot be used
 */
export function checkSecureContext(where: string, options: SecureContextOptions): void {
  const { key, cert, privateKeyIdentifier } = options;
  if (key && !cert) throw invalidOption(`${where}.cert`, "the certificate of the key", cert);
  if (cert && !key && !privateKeyIdentifier) throw invalidOption(`${where}.key`, "the key of the certificate", key);
  checkAuthorities(`${where}.ca`, options.ca);
  try {
    createSecureContext(options);
  } catch (cause) {
    throw unusable(where, options, cause as Error & { code?: string });
  }
}

/** `createSecureContext` ignores what is no certificate: then no peer, or too few, would be trusted. */
function checkAuthorities(name: string, given: SecureContextOptions["ca"]): void {
  for (const authorities of given === undefined ? [] : [given].flat()) {
    try {
      const certificates = /-----BEGIN ([A-Z\d ]*CERTIFICATE)-----.*?-----END \1-----/gs;
      const found = authorities.toString().match(certificates);
      if (!found) throw new Error("no certificate in PEM");
      for (const certificate of found) new X509Certificate(certificate);
    } catch (cause) {
      throw new TransportError("IM_ERR_INVALID_OPTION", `${name} cannot be used: ${(cause as Error).message}`, {
        cause,
      });
    }
  }
}

/** @returns an error that names the option which cannot be used even alone, if there is one */
function unusable(where: string, options: SecureContextOptions, cause: Error & { code?: string }): TransportError {
  const name = Object.keys(options).find(
    (name) => !isUsable({ ...pick(options, "passphrase"), ...pick(options, name) }),
  );
  let message = `${name === undefined ? where : `${where}.${name}`} cannot be used: ${cause.message}`;
  if (cause.code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH") {
    message = `${where}.key is not the key of ${where}.cert: ${cause.message}`;
  }
  return new TransportError("IM_ERR_INVALID_OPTION", message, { cause });
}

function pick(options: object, name: string): object {
  return name in options ? { [name]: (options as Record<string, unknown>)[name] } : {};
}

function isUsable(options: SecureContextOptions): boolean {
  try {
    createSecureContext(options);
    return true;
  } catch {
    return false;
  }
}
