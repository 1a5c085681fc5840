import type { Session } from "@im/gateway";
import type { CloseInfo } from "@im/transport-core";
import { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Product } from "../product/evaluate.js";
import type { AnyGateway, GatewayLife, ServerCounts } from "./gateway-life.js";
import { createServers } from "./gateway-servers.js";
import { addHandlers, greet } from "./handlers.js";
import { silentLogger } from "./silent-logger.js";
import type { Surroundings } from "./surroundings.js";

type State = "down" | "starting" | "up" | "stopping";

/** Refusals that come before a socket counts as accepted. */
const BEFORE_ACCEPT = new Set(["max-connections", "max-connections-per-address", "accept-rate"]);

/** A machine on which a gateway runs, ends, crashes and comes back. */
export class GatewayNode {
  readonly host: string;
  readonly lives: GatewayLife[] = [];
  state: State = "down";
  readonly #world: Surroundings;
  readonly #index: number;

  constructor(world: Surroundings, index: number) {
    this.#world = world;
    this.#index = index;
    this.host = `10.0.0.${index + 1}`;
  }

  /** The life that runs now. */
  get life(): GatewayLife | undefined {
    return this.state === "down" ? undefined : this.lives.at(-1);
  }

  start(): void {
    if (this.state !== "down") return;
    const world = this.#world;
    this.state = "starting";
    world.network.off.delete(this.host);
    const process = new SimulatedProcess(world.kernel, `gw${this.#index + 1}.${this.lives.length + 1}`);
    const product = world.load(process, this.host);
    process.poll(() => {
      const life = this.#create(process, product);
      this.lives.push(life);
      world.kernel.write(life.name, "starts");
      life.gateway.start().then(
        () => {
          if (this.life === life && this.state === "starting") this.state = "up";
          world.kernel.write(life.name, "is up");
        },
        (error) => {
          world.kernel.write(life.name, `cannot start: ${error.code ?? "no code"}`);
          if (this.life !== life) return;
          this.state = "down";
          life.hasShutDown = true;
        },
      );
    });
  }

  #create(process: SimulatedProcess, product: Product): GatewayLife {
    const world = this.#world;
    const { server: serverOptions, gateway: gatewayOptions } = world.options;
    if (!gatewayOptions.knowsExtensions) forgetExtensions(product);
    const errors: string[] = [];
    const report = (error: unknown) => {
      const { code = "no code" } = error as { code?: string };
      errors.push(code);
      world.kernel.write(process.name, `reports ${code}`);
      world.observe((observer) => observer.errorReported?.(process.name, error));
    };
    const counts = { accepted: 0, refusedAfterAccept: 0, opened: 0, closed: 0, dropped: 0 };
    const servers = createServers(product, this.host, {
      ...serverOptions.limits,
      onError: report,
      ...(serverOptions.hasLogger ? { logger: silentLogger } : {}),
      ...(serverOptions.hasHooks ? { hooks: countingHooks(world, process.name, counts) } : {}),
    });
    const gateway = product.createGateway({
      servers,
      name: process.name,
      authenticate: (login) => world.authenticate(process, login.token),
      ...world.ports.of(process, product),
      ...gatewayOptions.limits,
      onError: report,
      ...(gatewayOptions.hasLogger ? { logger: silentLogger } : {}),
      ...(gatewayOptions.hasHooks ? { hooks: sessionHooks(world, process.name) } : {}),
    }) as AnyGateway;
    const isCounted = serverOptions.hasHooks ? counts : undefined;
    const life: GatewayLife = {
      name: process.name,
      process,
      product,
      gateway,
      counts: isCounted,
      errors,
      hasShutDown: false,
      hasLeft: false,
      wasCutOff: false,
    };
    addHandlers(world, life);
    life.chat = world.chat?.serve(life, report);
    if (gatewayOptions.greets) gateway.presence.on("online", (account) => greet(world, life, account));
    for (const event of ["online", "offline"] as const) {
      gateway.presence.on(event, (account) => world.presence.emitted(life.name, account, event));
    }
    return life;
  }

  /** @param cutAfterMs when what is left is cut */
  shutdown(connectionsPerSecond: number | undefined, cutAfterMs: number): void {
    const { life } = this;
    if (!life || this.state !== "up") return;
    this.state = "stopping";
    life.process.poll(() => {
      const cut = new AbortController();
      life.process.later(cutAfterMs, () => cut.abort());
      this.#world.kernel.write(life.name, "shuts down");
      void life.gateway.shutdown({ signal: cut.signal, connectionsPerSecond }).then(() => {
        life.hasShutDown = true;
        life.chat?.close();
        life.hasLeft = this.#world.phase === "ending";
        life.wasCutOff = this.#world.ports.cutOff.has(life.process);
        this.#world.kernel.write(life.name, "has shut down");
        if (this.life === life) this.state = "down";
      });
    });
  }

  /** The process ends at once. @param isPowerLoss whether its peers get no FIN, since the whole machine is gone */
  crash(isPowerLoss: boolean): void {
    const { life } = this;
    if (!life) return;
    this.state = "down";
    this.#world.kernel.write(life.name, isPowerLoss ? "loses power" : "crashes");
    if (isPowerLoss) this.#world.powerOff(this.host);
    life.process.crash();
  }
}

/** A peer from before the extensions. */
export function forgetExtensions({ Extension }: Pick<Product, "Extension">): void {
  const extensions: Record<string, unknown> = Extension;
  for (const name of Object.keys(extensions)) delete extensions[name];
}

function countingHooks(world: Surroundings, name: string, counts: ServerCounts) {
  return {
    accepted: () => counts.accepted++,
    refused: (why: string) => {
      world.kernel.write(name, `refuses a connection: ${why}`);
      if (!BEFORE_ACCEPT.has(why)) counts.refusedAfterAccept++;
    },
    opened: () => counts.opened++,
    dropped: () => counts.dropped++,
    closed: (agent: { readonly id: string }, { code }: CloseInfo) => {
      counts.closed++;
      world.observe((observer) => observer.channelClosed?.(name, agent.id, code));
      world.kernel.write(name, `closed ${agent.id.slice(0, 6)} with ${code}`);
    },
  };
}

function sessionHooks(world: Surroundings, name: string) {
  const nameOf = ({ account, device, channelId }: Session) => `${account}/${device} ${channelId.slice(0, 6)}`;
  return {
    signedIn: (session: Session) => world.kernel.write(name, `signed in ${nameOf(session)}`),
    ended: (session: Session, end: string) => {
      world.kernel.write(name, `ended ${nameOf(session)}: ${end}`);
      world.observe((observer) => observer.sessionEnded?.(name, session.channelId, end));
    },
  };
}
