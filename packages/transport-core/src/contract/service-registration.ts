/** How service discovery names a server. */
export interface ServiceRegistration {
  /** Unique among all instances of all services. */
  readonly serviceId: string;
  /** Shared by the instances of one service, such as `wgateway`. */
  readonly serviceName: string;
  /** Where clients reach it, which behind NAT is not where it listens; the listening address once it is known. */
  readonly publicAddress: string;
  readonly publicPort: number;
  /** As kim writes them: `websocket` or `tcp`. */
  readonly protocol: string;
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  /** What a dialer of the same transport takes as its address, such as `ws://10.0.0.7:8000/`; empty if none gets there. */
  readonly dialUrl: string;
}
