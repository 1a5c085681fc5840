/** Whose certificate it is, or the name of its issuer; an attribute that it has several times is an array. */
export type DistinguishedName = {
  readonly [attribute in "C" | "ST" | "L" | "O" | "OU" | "CN"]?: string | string[] | undefined;
};

/** The certificate of a peer, as `getPeerCertificate` of `node:tls` returns it; these are its fields that most logins need. */
export interface PeerCertificate {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Names that the certificate is for, such as `DNS:chat.example, IP Address:192.0.2.1`. */
  readonly subjectaltname?: string | undefined;
  readonly valid_from: string;
  readonly valid_to: string;
  readonly serialNumber: string;
  /** SHA-256 of `raw`, in hexadecimal with colons. */
  readonly fingerprint256: string;
  /** The certificate in DER. */
  readonly raw: Uint8Array;
}

/** What a server knows of the TLS handshake with a peer. */
export interface TlsInfo {
  /** The host name that the peer asked for (SNI, RFC 6066 §3). */
  readonly serverName: string | undefined;
  /** The peer's certificate. Undefined if it sent none, which is so unless the server's `tls` has `requestCert`. */
  readonly certificate: PeerCertificate | undefined;
  /** Whether the certificate is valid and signed by the server's `ca`. */
  readonly authorized: boolean;
}

/** The HTTP request that opened a WebSocket connection. */
export interface UpgradeRequest {
  /** The target of the request as the peer sent it, such as `/im?token=abc`. */
  readonly url: string;
  /** The query of `url`. */
  readonly query: URLSearchParams;
  /** The headers by name in lower case, joined as `node:http` joins them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The cookies by name. Values are percent-decoded; of several cookies with one name the first counts (RFC 6265 §5.4). */
  readonly cookies: ReadonlyMap<string, string>;
  /** What `verifyUpgrade` returned as `data`. */
  readonly data: unknown;
}

/** What the handshake of the transport said about a peer, for its login: nothing on plain TCP. */
export interface HandshakeInfo {
  /** The upgrade request. Undefined on a transport without one, as TCP. */
  readonly request: UpgradeRequest | undefined;
  /** Undefined without TLS, and behind a proxy that ends it. */
  readonly tls: TlsInfo | undefined;
}
