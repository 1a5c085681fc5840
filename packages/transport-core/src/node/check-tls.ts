import { createSecureContext, type SecureContextOptions } from "node:tls";
import { TransportError } from "../errors.js";

/** @throws `IM_ERR_INVALID_OPTION` for a key or certificate that TLS cannot use */
export function checkTls(tls: SecureContextOptions | undefined): void {
  if (tls === undefined) return;
  try {
    createSecureContext(tls);
  } catch (cause) {
    throw new TransportError("IM_ERR_INVALID_OPTION", `tls cannot be used: ${(cause as Error).message}`, { cause });
  }
}
