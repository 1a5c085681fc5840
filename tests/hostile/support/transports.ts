import { createCertificate } from "@im/test-support/certificate";
import type { Dialer } from "@im/transport-core";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";

export type Transport = "ws" | "tcp";
export const transports: readonly Transport[] = ["ws", "tcp"];

/** Certificate for 127.0.0.1, and a dialer that trusts it. */
export async function createTls(transport: Transport) {
  const certificate = await createCertificate();
  const tls = { ca: certificate.cert };
  return { certificate, dialer: transport === "ws" ? wsDialer({ tls }) : tcpDialer({ tls }) };
}

export function createDialer(transport: Transport): Dialer {
  return transport === "ws" ? wsDialer() : tcpDialer();
}

/** Loopback addresses to dial from: one has too few ports for what these tests do. */
export function sourceAddress(index: number): string {
  // Elsewhere than on Linux only one of them is there.
  return process.platform === "linux" ? `127.0.0.${2 + (index % 100)}` : "127.0.0.1";
}
