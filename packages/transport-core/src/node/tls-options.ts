import type { ServerOpts } from "node:net";
import type { ConnectionOptions, PeerCertificate, SecureContextOptions, TlsOptions } from "node:tls";
import { TransportError } from "../errors.js";
import { checkFlag, invalidOption } from "../internal/check-options.js";
import { checkSecureContext, secureContextOptionNames } from "./secure-context.js";

/** Options of `tls.createServer` about TLS, certificates by name, and a check of clients. */
export interface TlsServerOptions extends Omit<TlsOptions, keyof ServerOpts | "secureContext"> {
  /**
   * Certificates by the name that the client asks for (SNI): `chat.example`, or `*.chat.example` for one label. What an
   * entry leaves out, other than key and certificate, is as in the options around it, `ca` and `crl` too. A client that
   * asks for none of the names gets the certificate of the options around it.
   */
  readonly contexts?: Readonly<Record<string, SecureContextOptions>> | undefined;
  /**
   * Decides about a client's certificate that `ca` and `crl` accept, or about any if `rejectUnauthorized` is false: before the
   * server reads anything behind the handshake, also when the client resumes a session. An error, returned or thrown, refuses
   * the client. It needs `requestCert`.
   *
   * @param certificate empty if the client has none, and `rejectUnauthorized` is false
   */
  readonly checkClientIdentity?: ((certificate: PeerCertificate) => Error | undefined) | undefined;
}

/** What the dialer itself decides, or what only servers have. */
type NotForDialers = "host" | "port" | "path" | "socket" | "timeout" | "lookup" | "requestCert" | "SNICallback";

/** Options of `tls.connect` about TLS. */
export type TlsDialerOptions = Omit<ConnectionOptions, NotForDialers>;

const serverNames: Record<Exclude<keyof TlsServerOptions, keyof SecureContextOptions>, true> = {
  ALPNProtocols: true,
  SNICallback: true,
  checkClientIdentity: true,
  contexts: true,
  enableTrace: true,
  handshakeTimeout: true,
  pskCallback: true,
  pskIdentityHint: true,
  rejectUnauthorized: true,
  requestCert: true,
};
const serverOptionNames = [...secureContextOptionNames, ...Object.keys(serverNames)];

const dialerNames: Record<Exclude<keyof TlsDialerOptions, keyof SecureContextOptions>, true> = {
  ALPNProtocols: true,
  checkServerIdentity: true,
  enableTrace: true,
  minDHSize: true,
  pskCallback: true,
  rejectUnauthorized: true,
  secureContext: true,
  servername: true,
  session: true,
};
const dialerOptionNames = [...secureContextOptionNames, ...Object.keys(dialerNames)];

/** @throws `IM_ERR_INVALID_OPTION`, which names the option that cannot be used */
export function checkTlsServerOptions(tls: TlsServerOptions): void {
  checkNames("tls", tls, serverOptionNames);
  checkFlags(tls, ["requestCert", "rejectUnauthorized"]);
  checkFunctions(tls, ["SNICallback", "ALPNCallback", "pskCallback", "checkClientIdentity"]);
  if (tls.ALPNProtocols && tls.ALPNCallback) {
    throw invalidOption("tls.ALPNProtocols", "given without ALPNCallback", "given with it");
  }
  if (tls.checkClientIdentity && !tls.requestCert) {
    throw invalidOption("tls.requestCert", "true for checkClientIdentity", tls.requestCert);
  }
  const { contexts, SNICallback, pskCallback } = tls;
  if (contexts && SNICallback) throw invalidOption("tls.contexts", "given without SNICallback", "given with it");
  if (!contexts && !SNICallback && !pskCallback) checkHasCertificate("tls", tls);
  checkSecureContext("tls", tls);
  for (const [name, context] of Object.entries(contexts ?? {})) {
    const where = `tls.contexts[${JSON.stringify(name)}]`;
    if (name === "") throw invalidOption(where, "under the name that clients ask for", "without one");
    checkNames(where, context, secureContextOptionNames);
    checkHasCertificate(where, context);
    checkSecureContext(where, context);
  }
}

/** @throws `IM_ERR_INVALID_OPTION`, which names the option that cannot be used */
export function checkTlsDialerOptions(tls: TlsDialerOptions | undefined): void {
  if (tls === undefined) return;
  checkNames("tls", tls, dialerOptionNames);
  checkFlags(tls, ["rejectUnauthorized"]);
  checkFunctions(tls, ["checkServerIdentity", "pskCallback"]);
  checkSecureContext("tls", tls);
}

function checkNames(where: string, given: object, known: readonly string[]): void {
  if (typeof given !== "object" || given === null)
    throw invalidOption(where, "an object with options of node:tls", given);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const message = `there is no option ${where}.${unknown}; there are ${known.join(", ")}`;
  throw new TransportError("IM_ERR_INVALID_OPTION", message);
}

/** Node takes what is not a boolean for the default, which may be the less strict one. */
function checkFlags(tls: object, names: readonly string[]): void {
  for (const name of names) {
    const given = (tls as Record<string, boolean | undefined>)[name];
    if (given !== undefined) checkFlag(`tls.${name}`, given);
  }
}

function checkFunctions(tls: object, names: readonly string[]): void {
  for (const name of names) {
    const given = (tls as Record<string, unknown>)[name];
    if (given !== undefined && typeof given !== "function") throw invalidOption(`tls.${name}`, "a function", given);
  }
}

function checkHasCertificate(where: string, { cert, pfx }: SecureContextOptions): void {
  if (!cert && !pfx) throw invalidOption(where, "given with key and cert, or with pfx", "given without");
}
