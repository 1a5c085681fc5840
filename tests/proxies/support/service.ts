import {
  createGateway,
  type Gateway,
  MemoryIdempotencyStore,
  MemoryPushBus,
  MemorySessionDirectory,
} from "@im/gateway";
import { createCertificate } from "@im/test-support/certificate";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { expect } from "vitest";

type Certificate = Awaited<ReturnType<typeof createCertificate>>;
type Commands = Record<never, never>;

const text = new TextDecoder();

/** Two gateways of one cluster, as docs/operations.md puts them behind a proxy. A token is the account. */
export class Service {
  readonly certificate: Certificate;
  readonly gateways: readonly Gateway<Commands, undefined>[];
  /** The addresses of the gateways' servers, by those in the document. */
  readonly upstreams = new Map<string, string>();
  /** How often each request was carried out, by account and body. */
  readonly carriedOut = new Map<string, number>();
  readonly errors: unknown[] = [];

  static async start(): Promise<Service> {
    const service = new Service(await createCertificate());
    await Promise.all(service.gateways.map((gateway) => gateway.start()));
    for (const name of service.#names) name();
    return service;
  }

  readonly #names: (() => void)[] = [];

  private constructor(certificate: Certificate) {
    this.certificate = certificate;
    const shared = {
      directory: new MemorySessionDirectory(),
      bus: new MemoryPushBus(),
      idempotency: new MemoryIdempotencyStore(),
    };
    this.gateways = ["10.0.0.1", "10.0.0.2"].map((host) => this.#createGateway(host, shared));
  }

  async stop(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.shutdown({ signal: AbortSignal.abort() })));
  }

  /** Expects that so many requests were carried out, each once. */
  expectOnce(requests: number): void {
    expect(this.carriedOut.size).toBe(requests);
    expect(new Set(this.carriedOut.values())).toEqual(new Set([1]));
  }

  #createGateway(host: string, shared: object): Gateway<Commands, undefined> {
    const behind = { host: "127.0.0.1", trustedProxies: ["127.0.0.1"] };
    const byHeader = { ...behind, proxyProtocol: true };
    const tls = this.certificate;
    const servers = {
      8000: createWsServer(behind),
      8443: createWsServer({ ...byHeader, tls }),
      9000: createTcpServer(byHeader),
      9443: createTcpServer({ ...byHeader, tls }),
    };
    for (const [port, server] of Object.entries(servers)) {
      this.#names.push(() => this.upstreams.set(`${host}:${port}`, `127.0.0.1:${server.address.port}`));
    }
    const gateway = createGateway({
      ...shared,
      servers: Object.values(servers),
      authenticate: ({ token }) => ({ account: token }),
      onError: (error) => this.errors.push(error),
    });
    gateway.handleRaw("echo", (ctx) => {
      const { body } = ctx.packet;
      const request = `${ctx.session.account}: ${text.decode(body)}`;
      this.carriedOut.set(request, (this.carriedOut.get(request) ?? 0) + 1);
      ctx.respond(body);
    });
    return gateway;
  }
}
