import type { AbortOptions, Server, ShutdownOptions, ShutdownReport } from "@im/transport-core";
import { checkFlag, checkRate } from "@im/transport-core/internal";
import type { CommandMap } from "@im/wire";
import { Extension } from "@im/wire/codec";
import type { Gateway } from "./gateway.js";
import { checkingOptions, GatewayError } from "./gateway-error.js";
import { GatewayLifecycle } from "./gateway-lifecycle.js";
import { type GatewayOptions, type GatewaySettings, resolveGatewayOptions } from "./gateway-options.js";
import { Claims } from "./idempotency/claims.js";
import { LoginAcceptor } from "./login/login-acceptor.js";
import { Presence } from "./presence/presence.js";
import { PresenceEvents } from "./presence/presence-events.js";
import { type AnnouncementListener, Announcements } from "./push/announcements.js";
import { DeliveryReceiver } from "./push/delivery-receiver.js";
import { DeliveryRouter } from "./push/delivery-router.js";
import { LocalBroadcasts } from "./push/local-broadcasts.js";
import { type PushGapListener, PushGaps } from "./push/push-gaps.js";
import type { BroadcastReport, KickReport, PushHeader, PushReport, PushTarget } from "./push/push-target.js";
import { Pusher } from "./push/pusher.js";
import { RouteTable } from "./routing/route-table.js";
import { Router } from "./routing/router.js";
import { DirectoryHealth } from "./session/directory-health.js";
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

/** Puts the parts together: see `Gateway` for what users see of it. */
class ServersGateway {
  readonly id: string;
  readonly servers: readonly Server[];
  readonly presence: Presence;
  readonly #lifecycle: GatewayLifecycle;
  readonly #routes: RouteTable;
  readonly #open: OpenSessions;
  readonly #broadcasts: LocalBroadcasts;
  readonly #pusher: Pusher;
  readonly #announcements: Announcements;
  readonly #gaps: PushGaps;
  readonly #evictor: SessionEvictor;
  readonly #extensions: string[] = Object.values(Extension);

  constructor(settings: GatewaySettings) {
    const { gatewayId, servers, commands, hooks, report } = settings;
    this.id = gatewayId;
    this.servers = servers;
    const presence = new PresenceEvents(settings);
    this.presence = new Presence(settings, presence);
    this.#open = new OpenSessions(hooks);
    const registry = new SessionRegistry();
    const deliveries = new DeliveryRouter(settings, registry);
    this.#broadcasts = new LocalBroadcasts(hooks, () => registry.sessions());
    this.#pusher = new Pusher(settings, this.#broadcasts, deliveries);
    this.#evictor = new SessionEvictor(deliveries);
    const retries = new RetryQueue(report);
    const health = new DirectoryHealth(settings);
    this.#gaps = new PushGaps(settings);
    const checks = { registry, evictor: this.#evictor, health, gaps: this.#gaps };
    const reconciler = new DirectoryReconciler(settings, checks);
    const lease = leaseOf(settings, { retries, health, reconciler });
    this.#announcements = new Announcements(settings);
    const receiver = new DeliveryReceiver(settings, registry, this.#broadcasts, this.#announcements);
    this.#lifecycle = new GatewayLifecycle(settings, lease, {
      receive: (message) => receiver.receive(message),
      missed: (lastMs) => this.#gaps.tell(registry.sessions(), performance.now() - lastMs),
    });
    const claims = new Claims(settings);
    this.#routes = new RouteTable(commands, claims);
    const parts = { registry, evictor: this.#evictor, presence, retries, lease, health };
    const sessions = new SessionLifecycle(settings, parts);
    const router = new Router({ settings, claims, pusher: this.#pusher }, this.#routes, sessions);
    const acceptor = new LoginAcceptor(settings, {
      lifecycle: sessions,
      open: this.#open,
      broadcasts: this.#broadcasts,
      extensions: this.#extensions,
    });
    for (const server of servers) {
      server.setAcceptor(acceptor);
      server.setMessageListener(router);
      server.setChannelMap(registry);
      server.setStateListener({ disconnect: (channelId) => sessions.disconnected(channelId) });
    }
  }

  handle(command: string, handler: never): this {
    this.#lifecycle.checkNew("handle");
    this.#routes.addTyped(command, handler);
    return this;
  }

  handleRaw(command: string, handler: never): this {
    this.#lifecycle.checkNew("handleRaw");
    this.#routes.addRaw(command, handler);
    return this;
  }

  use(middleware: never): this {
    this.#lifecycle.checkNew("use");
    this.#routes.use(middleware);
    return this;
  }

  confirmExtension(name: string): this {
    this.#lifecycle.checkNew("confirmExtension");
    if (typeof name !== "string" || name === "") {
      throw new GatewayError("IM_ERR_GATEWAY_ARGUMENT", "the name of an extension must be a string that is not empty");
    }
    if (!this.#extensions.includes(name)) this.#extensions.push(name);
    return this;
  }

  push(target: PushTarget, command: string, body?: unknown, header?: PushHeader): Promise<PushReport> {
    return this.#pusher.push(target, command, body, header);
  }

  broadcast(command: string, body?: unknown): Promise<BroadcastReport> {
    return this.#pusher.broadcast(command, body);
  }

  announce(topic: string, body: Uint8Array = new Uint8Array()): Promise<void> {
    return this.#announcements.announce(topic, body);
  }

  onAnnouncement(topic: string, listener: AnnouncementListener): () => void {
    return this.#announcements.on(topic, listener);
  }

  onPushGap(listener: PushGapListener): () => void {
    return this.#gaps.on(listener);
  }

  kick(target: PushTarget, reason: string): Promise<KickReport> {
    return this.#evictor.kick(target, reason);
  }

  sessions(): Sessions {
    return this.#open.view;
  }

  async start(options: AbortOptions = {}): Promise<void> {
    const start = this.#lifecycle.start(options);
    this.#routes.seal();
    await start;
  }

  async shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    const { connectionsPerSecond = Number.POSITIVE_INFINITY, finishLogins = false } = options;
    checkingOptions(() => {
      checkRate("connectionsPerSecond", connectionsPerSecond);
      checkFlag("finishLogins", finishLogins);
    });
    this.#broadcasts.finish();
    return this.#lifecycle.shutdown(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

function leaseOf(
  settings: GatewaySettings,
  parts: {
    readonly retries: RetryQueue;
    readonly health: DirectoryHealth;
    readonly reconciler: DirectoryReconciler;
  },
): Lease {
  const { retries, health, reconciler } = parts;
  return new Lease(settings, {
    renewed: (hadLease) => {
      if (!hadLease) {
        const lost = new GatewayError("IM_ERR_LEASE_LOST", "the directory had no lease of this gateway any more");
        settings.report(lost, { during: "directory" });
        health.lostData();
      }
      health.answered();
      retries.run();
      void reconciler.run(hadLease);
    },
    failed: (error) => {
      settings.report(error, { during: "directory" });
      health.failed();
    },
    ending: () => retries.run(),
  });
}
