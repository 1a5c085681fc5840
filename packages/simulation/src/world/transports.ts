/** What a client and a gateway speak below their packets. */
export type Transport = "tcp" | "ws";

/** What an application runs on: Node, over TCP or WebSocket, or a page of a browser. */
export type PlatformKind = Transport | "page";

const transports: readonly Transport[] = ["tcp", "ws"];

/** Where every gateway listens. */
export const GATEWAY_PORTS: Readonly<Record<Transport, number>> = { tcp: 7_000, ws: 7_001 };

/** What clients dial. */
export function addressOf(host: string, transport: Transport): string {
  return `${transport}://${host}:${GATEWAY_PORTS[transport]}`;
}

export function isAddressOf(host: string, address: string): boolean {
  return transports.some((transport) => addressOf(host, transport) === address);
}
