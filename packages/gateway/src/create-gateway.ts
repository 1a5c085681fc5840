import type { AbortOptions, Server, ShutdownOptions, ShutdownReport } from "@im/transport-core";
import { checkRate } from "@im/transport-core/internal";
import { type CommandMap, createPush, Extension, marshal } from "@im/wire";
import type { Gateway } from "./gateway.js";
import { GatewayCloseCode } from "./gateway-close-code.js";
import { checkingOptions, GatewayError } from "./gateway-error.js";
import { type GatewayOptions, type GatewaySettings, resolveGatewayOptions } from "./gateway-options.js";
import { Claims } from "./idempotency/claims.js";
import { LoginAcceptor } from "./login/login-acceptor.js";
import type { MaybePromise } from "./ports/maybe-promise.js";
import { withTimeout } from "./ports/with-timeout.js";
import { Presence } from "./presence/presence.js";
import { DeliveryReceiver } from "./push/delivery-receiver.js";
import { DeliveryRouter } from "./push/delivery-router.js";
import type { BroadcastReport, KickReport, PushReport, PushTarget } from "./push/push-target.js";
import { Pusher } from "./push/pusher.js";
import { encodeBody } from "./routing/encode-body.js";
import type { PushStamp } from "./routing/handled-request.js";
import { RouteTable } from "./routing/route-table.js";
import { Router } from "./routing/router.js";
import { DirectoryReconciler } from "./session/directory-reconciler.js";
import { Lease } from "./session/lease.js";
import { OpenSessions, type Sessions } from "./session/open-sessions.js";
import { RetryQueue } from "./session/retry-queue.js";
import { SessionEvictor } from "./session/session-evictor.js";
import { SessionLifecycle } from "./session/session-lifecycle.js";
import { SessionRegistry } from "./session/session-registry.js";

/**
 * A gateway over the given servers, which it starts and shuts down.
 *
 * @throws `IM_ERR_INVALID_OPTION`, and `IM_ERR_SERVER_STATE` for servers that were started
 */
export function createGateway<const Map extends CommandMap = Record<never, never>, Data = undefined>(
  options: GatewayOptions<Map, Data>,
): Gateway<Map, Data> {
  const settings = checkingOptions(() => resolveGatewayOptions(options as GatewayOptions<CommandMap, unknown>));
  return new ServersGateway(settings) as unknown as Gateway<Map, Data>;
}

type State = "new" | "starting" | "started" | "shut down";
const NO_STAMP: PushStamp = { channelId: "", sequence: 0, dest: "" };

class ServersGateway {
  readonly id: string;
  readonly servers: readonly Server[];
  readonly presence: Presence;
  readonly #settings: GatewaySettings;
  readonly #registry = new SessionRegistry();
  readonly #routes: RouteTable;
  readonly #open: OpenSessions;
  readonly #receiver: DeliveryReceiver;
  readonly #pusher: Pusher;
  readonly #evictor: SessionEvictor;
  readonly #lease: Lease;
  #state: State = "new";
  #started: Promise<void> = Promise.resolve();
  #leaveBus: () => MaybePromise<void> = () => {};
  #shutdown: Promise<ShutdownReport> | undefined;

  constructor(settings: GatewaySettings) {
    this.id = settings.gatewayId;
    this.servers = settings.servers;
    this.#settings = settings;
    const retries = new RetryQueue(settings.report);
    this.presence = new Presence(settings);
    this.#open = new OpenSessions(settings.hooks);
    this.#receiver = new DeliveryReceiver(settings, this.#registry);
    const deliveries = new DeliveryRouter(settings, this.#registry);
    this.#pusher = new Pusher(settings, this.#registry, deliveries);
    const claims = new Claims(settings);
    this.#routes = new RouteTable(settings.commands, claims);
    this.#evictor = new SessionEvictor(deliveries);
    const reconciler = new DirectoryReconciler(settings, this.#registry, this.#evictor);
    this.#lease = new Lease(settings, {
      lost: () => this.#closeAll(),
      renewed: () => {
        retries.run();
        void reconciler.run();
      },
      ending: () => retries.run(),
    });
    const parts = { registry: this.#registry, evictor: this.#evictor, presence: this.presence, retries };
    const lifecycle = new SessionLifecycle(settings, parts);
    const services = { settings, claims, push: this.#push.bind(this) };
    const router = new Router(services, this.#routes, lifecycle);
    const acceptor = new LoginAcceptor(settings, lifecycle, this.#open, Object.values(Extension));
    for (const server of settings.servers) {
      server.setAcceptor(acceptor);
      server.setMessageListener(router);
      server.setChannelMap(this.#registry);
      server.setStateListener({ disconnect: (channelId) => this.#disconnected(lifecycle, channelId) });
    }
  }

  handle(command: string, handler: never): this {
    this.#checkNew("handle");
    this.#routes.addTyped(command, handler);
    return this;
  }

  handleRaw(command: string, handler: never): this {
    this.#checkNew("handleRaw");
    this.#routes.addRaw(command, handler);
    return this;
  }

  use(middleware: never): this {
    this.#checkNew("use");
    this.#routes.use(middleware);
    return this;
  }

  push(target: PushTarget, command: string, body?: unknown): Promise<PushReport> {
    return this.#push(target, command, body, NO_STAMP);
  }

  #push(target: PushTarget, command: string, body: unknown, stamp: PushStamp): Promise<PushReport> {
    return this.#pusher.push(target, command, this.#marshalPush(command, body, stamp));
  }

  broadcast(command: string, body?: unknown): Promise<BroadcastReport> {
    return this.#pusher.broadcast(command, this.#marshalPush(command, body, NO_STAMP));
  }

  #marshalPush(command: string, body: unknown, { channelId, sequence, dest }: PushStamp): Uint8Array {
    const bytes = encodeBody(this.#settings.commands.get(command)?.push, command, body);
    return marshal(createPush({ command, channelId, sequence, dest, body: bytes }));
  }

  kick(target: PushTarget, reason: string): Promise<KickReport> {
    return this.#evictor.kick(target, reason);
  }

  sessions(): Sessions {
    return this.#open.view;
  }

  async #disconnected(lifecycle: SessionLifecycle, channelId: string): Promise<void> {
    const session = this.#registry.session(channelId);
    if (session) await lifecycle.disconnected(session);
  }

  /** The lease was lost: newer sessions may have these places, so everybody signs in anew. */
  #closeAll(): void {
    const lost = new GatewayError("IM_ERR_LEASE_LOST", "the lease was renewed too late: all sessions are closed");
    this.#settings.report(lost, { during: "directory" });
    for (const session of this.#registry.sessions()) session.close(GatewayCloseCode.LeaseLost, "sign in again");
  }

  start(options: AbortOptions = {}): Promise<void> {
    try {
      this.#checkNew("start");
    } catch (error) {
      return Promise.reject(error);
    }
    this.#state = "starting";
    this.#routes.seal();
    const start = this.#start(options);
    this.#started = start.catch(() => {});
    return start;
  }

  async #start(options: AbortOptions): Promise<void> {
    const { servers } = this.#settings;
    try {
      this.#leaveBus = await this.#joinBus();
      this.#checkNotShutDown();
      await this.#lease.begin();
      this.#checkNotShutDown();
      await Promise.all(servers.map((server) => server.start(options)));
    } catch (error) {
      // The rest follows when this start has settled.
      this.#shutdown ??= this.#end({});
      await Promise.all(servers.map((server) => server.shutdown()));
      throw error;
    }
    if (this.#state === "starting") this.#state = "started";
  }

  /** Of a bus that takes too long nobody knows whether it has taken this gateway, or will: then it is left again. */
  async #joinBus(): Promise<() => MaybePromise<void>> {
    const { bus, portTimeoutMs, report } = this.#settings;
    const joining = bus.subscribe(this.id, (message) => this.#receiver.receive(message));
    try {
      return await withTimeout(joining, portTimeoutMs, "bus.subscribe");
    } catch (error) {
      const failed = (cause: unknown) => (cause === error ? undefined : report(cause, { during: "bus" }));
      Promise.resolve(joining)
        .then((leave) => leave())
        .catch(failed);
      throw error;
    }
  }

  async shutdown({ signal, connectionsPerSecond }: ShutdownOptions = {}): Promise<ShutdownReport> {
    if (connectionsPerSecond !== undefined) {
      checkingOptions(() => checkRate("connectionsPerSecond", connectionsPerSecond));
    }
    // Signals of later calls cut as well.
    if (this.#shutdown) for (const server of this.servers) void server.shutdown({ signal });
    this.#shutdown ??= this.#end({ signal, connectionsPerSecond });
    return this.#shutdown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #end({ signal, connectionsPerSecond }: ShutdownOptions): Promise<ShutdownReport> {
    this.#state = "shut down";
    const share = connectionsPerSecond && connectionsPerSecond / this.servers.length;
    const options = { signal, connectionsPerSecond: share };
    const reports = await Promise.all(this.servers.map((server) => server.shutdown(options)));
    await this.#started;
    for (const leave of [
      () => withTimeout(this.#leaveBus(), this.#settings.portTimeoutMs, "leaving the bus"),
      () => this.#lease.end(),
    ]) {
      try {
        await leave();
      } catch (error) {
        this.#settings.report(error, { during: "directory" });
      }
    }
    const sum = (count: (report: ShutdownReport) => number) => reports.reduce((total, one) => total + count(one), 0);
    return { clean: sum(({ clean }) => clean), cut: sum(({ cut }) => cut) };
  }

  #checkNotShutDown(): void {
    if (this.#state !== "shut down") return;
    throw new GatewayError("IM_ERR_GATEWAY_STATE", "the gateway was shut down while it was starting");
  }

  #checkNew(call: string): void {
    if (this.#state === "new") return;
    throw new GatewayError("IM_ERR_GATEWAY_STATE", `${call} comes too late: the gateway is ${this.#state}`);
  }
}
