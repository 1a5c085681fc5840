import type { Needed } from "../../support/say-what-is-missing.js";

/** A way through a proxy to the gateways. */
export interface Route {
  readonly name: string;
  readonly scheme: "ws" | "wss" | "tcp" | "tls";
  /** Where the proxy listens in docs/operations.md. */
  readonly documentedPort: number;
}

export const routes = {
  ws: { name: "WebSocket", scheme: "ws", documentedPort: 80 },
  wss: { name: "WebSocket, TLS ends at the proxy", scheme: "wss", documentedPort: 443 },
  wssPassed: { name: "WebSocket, TLS passed through", scheme: "wss", documentedPort: 8443 },
  tcp: { name: "TCP", scheme: "tcp", documentedPort: 9000 },
  tls: { name: "TCP, TLS ends at the proxy", scheme: "tls", documentedPort: 9443 },
  tlsPassed: { name: "TCP, TLS passed through", scheme: "tls", documentedPort: 9444 },
} as const satisfies Readonly<Record<string, Route>>;

/** The servers of both gateways in the document. */
export const documentedUpstreams = ["10.0.0.1", "10.0.0.2"].flatMap((host) =>
  [8000, 8443, 9000, 9443].map((port) => `${host}:${port}`),
);

/** What the tests need of a proxy. Each has one adapter beside this file, and every test runs with all of them. */
export interface ProxyKind extends Needed {
  readonly routes: readonly Route[];
  /** Whether it closes connections that are silent for too long. */
  readonly idlesOut: boolean;
  /** Starts it with its file of docs/operations.md. */
  start(setting: ProxySetting): Promise<RunningProxy>;
}

/** What the file of the document gets instead of its own addresses and waits. */
export interface ProxySetting {
  /** Which of the gateways' addresses stands for which of the document, such as `10.0.0.1:8000`. */
  readonly upstreams: ReadonlyMap<string, string>;
  /** A certificate and its key, in PEM. */
  readonly certificate: { readonly key: string; readonly cert: string };
  /** How long a connection may be silent. */
  readonly idleSeconds: number;
  /** How long connections outlive a reload, if the proxy keeps them. */
  readonly drainSeconds: number;
}

export interface RunningProxy {
  /** The address for clients. */
  address(route: Route): string;
  /** Reads its file again, as the document says. Resolves when the new configuration serves. */
  reload(): Promise<void>;
  stop(): Promise<void>;
  /** What it has printed. */
  readonly log: string;
}
