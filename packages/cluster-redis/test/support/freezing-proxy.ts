import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  hasSubscribed: boolean;
}

/** Stands between a client and a server, and can go on holding connections without passing anything on. */
export class FreezingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #links: Link[] = [];

  private constructor(target: number) {
    this.#server = createServer((client) => {
      const server = connect(target, "127.0.0.1");
      const link: Link = { client, server, hasSubscribed: false };
      this.#links.push(link);
      client.on("data", (bytes) => {
        link.hasSubscribed ||= /ssubscribe/i.test(String(bytes));
      });
      client.pipe(server).pipe(client);
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on("error", () => {}).on("close", () => socket === client && server.destroy());
      }
    });
  }

  static async start(target: number): Promise<FreezingProxy> {
    const proxy = new FreezingProxy(target);
    await once(proxy.#server.listen(0, "127.0.0.1"), "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on nothing passes through the connections that are open, or only those that have subscribed. They stay open. */
  freeze(which: "all" | "subscribers"): void {
    for (const { client, server, hasSubscribed } of this.#links) {
      if (which === "subscribers" && !hasSubscribed) continue;
      client.unpipe(server).on("data", () => {});
      server.unpipe(client).on("data", () => {});
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
