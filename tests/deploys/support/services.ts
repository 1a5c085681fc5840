import { createCertificate } from "@im/test-support/certificate";
import type { Dialer } from "@im/transport-core";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";

/** A way to reach a program of these tests. */
export interface Service {
  readonly scheme: string;
  readonly dialer: Dialer;
}

const certificate = createCertificate();

/** Both transports, without and with TLS, and the certificate for the latter. */
export async function services() {
  const { key, cert } = await certificate;
  const tls = { ca: cert };
  const all: readonly Service[] = [
    { scheme: "ws", dialer: wsDialer() },
    { scheme: "tcp", dialer: tcpDialer() },
    { scheme: "wss", dialer: wsDialer({ tls }) },
    { scheme: "tls", dialer: tcpDialer({ tls }) },
  ];
  return { all, key, cert };
}
