import type { Identity } from "@im/gateway";
import { Kernel } from "../kernel/kernel.js";
import { Random } from "../kernel/random.js";
import type { SimulatedDisk } from "../kernel/simulated-level.js";
import { SimulatedProcess } from "../kernel/simulated-process.js";
import { Network } from "../net/network.js";
import type { Product, ProductCode } from "../product/evaluate.js";
import { ChatWorld } from "./chat-world.js";
import { ClientNode } from "./client-node.js";
import { startPlatform } from "./client-platform.js";
import { forgetExtensions, GatewayNode } from "./gateway-node.js";
import { Ledger } from "./ledger.js";
import { PresenceRecord } from "./presence-record.js";
import { PushRecord } from "./push-record.js";
import { SharedPorts } from "./shared-ports.js";
import { sleep } from "./sleep.js";
import type { Phase, Surroundings } from "./surroundings.js";
import { addressOf, type Transport } from "./transports.js";
import type { WorldObserver } from "./world-observer.js";
import { drawOptions, type WorldOptions } from "./world-options.js";

const MEMORY_BYTES = 1_073_741_824;

interface WorldSettings {
  /** Instead of those that the seed draws. */
  readonly options?: WorldOptions | undefined;
  /** Whether the trace is kept. */
  readonly keepsLines?: boolean | undefined;
}

/** Gateways, clients, what they share, and the network between them, all of one seed. */
export class World implements Surroundings {
  readonly kernel: Kernel;
  readonly network: Network;
  readonly options: WorldOptions;
  readonly ports: SharedPorts;
  readonly gateways: readonly GatewayNode[];
  readonly clients: ClientNode[] = [];
  /** Processes that speak bytes of their own. */
  readonly strangers: SimulatedProcess[] = [];
  readonly ledger = new Ledger();
  readonly pushes: PushRecord;
  readonly presence: PresenceRecord;
  readonly observers: WorldObserver[] = [];
  readonly chat: ChatWorld | undefined;
  phase: Phase = "chaos";
  readonly #code: ProductCode;
  readonly #random: Random;
  #strangersProduct: Product | undefined;

  constructor(seed: number, code: ProductCode, { options, keepsLines }: WorldSettings = {}) {
    const random = new Random(seed);
    this.#code = code;
    this.#random = random.fork("world");
    this.options = options ?? drawOptions(random.fork("options"));
    this.kernel = new Kernel(random.fork("kernel"), keepsLines);
    this.network = new Network(this.kernel, random.fork("network"));
    this.network.quality = this.options.link;
    this.network.highWaterMarkBytes = this.options.socketHighWaterMarkBytes;
    this.pushes = new PushRecord((arrival) => this.observe((observer) => observer.pushReceived?.(arrival)));
    this.presence = new PresenceRecord((life, what) => this.kernel.write(life, what));
    this.ports = new SharedPorts(this.kernel, (process) => this.load(process, "10.9.0.1"), {
      ...this.options.ports,
      acted: (act) => this.observe((observer) => observer.portActed?.(act)),
    });
    const { chat } = this.options;
    if (chat) this.chat = new ChatWorld(this, chat);
    this.gateways = Array.from({ length: this.options.gateways }, (_, index) => new GatewayNode(this, index));
  }

  /** All accounts that sign in, those of strangers included. */
  get accounts(): string[] {
    return ["x", ...Array.from({ length: this.options.accounts }, (_, index) => `a${index + 1}`)];
  }

  addresses(transport: Transport): string[] {
    return this.gateways.map(({ host }) => addressOf(host, transport));
  }

  load(process: SimulatedProcess, host: string, disk?: SimulatedDisk): Product {
    return this.#code.loadInto(process, this.network, host, MEMORY_BYTES, disk);
  }

  violate(rule: string, what: string): void {
    this.kernel.violate(rule, what);
  }

  /** A new process with a client that has not connected. */
  addClient(): ClientNode {
    const index = this.clients.length;
    const random = this.#random.fork(`client ${index}`);
    const { accounts, devices, client } = this.options;
    const host = `10.1.0.${index + 1}`;
    const loader = {
      kernel: this.kernel,
      dialerOptions: client.dialer,
      load: (process: SimulatedProcess, on: string) => this.load(process, on),
      loadPage: (globals: Readonly<Record<string, unknown>>) => this.#code.loadIntoPage(globals),
    };
    const kind = random.fork("platform").pick(client.platforms);
    const platform = startPlatform(loader, kind, `client${index + 1}`, host);
    if (!client.knowsExtensions) forgetExtensions(platform.product);
    const identity = `a${random.int(1, accounts)}/d${random.int(1, devices)}`;
    const node = new ClientNode(this, platform, host, identity);
    node.listen(random.pick(["sync", "sync", "slow", "throw"]));
    this.clients.push(node);
    this.chat?.install(node);
    return node;
  }

  /** A process that speaks to gateways without a client. */
  addStranger(): { process: SimulatedProcess; product: Product; host: string } {
    const host = `10.2.0.${this.strangers.length + 1}`;
    const process = new SimulatedProcess(this.kernel, `stranger${this.strangers.length + 1}`);
    this.strangers.push(process);
    // Strangers only encode packets, for which all of them need one product.
    this.#strangersProduct ??= this.load(process, host);
    return { process, product: this.#strangersProduct, host };
  }

  async authenticate(process: SimulatedProcess, token: string): Promise<Identity<undefined>> {
    this.observe((observer) => observer.tokenShown?.(token));
    const [account = "", device = ""] = token.split("/");
    if (this.options.gateway.isLoginSlow) await sleep(process, process.random.int(1, 1_500));
    return { account, device };
  }

  powerOff(host: string): void {
    this.network.off.add(host);
    for (const endpoint of this.network.endpoints) if (endpoint.host === host) endpoint.vanish();
  }

  observe(tell: (observer: WorldObserver) => void): void {
    for (const observer of this.observers) tell(observer);
  }
}
