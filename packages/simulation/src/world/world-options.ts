import type { Random } from "../kernel/random.js";
import type { LinkQuality } from "../net/ways.js";
import type { PlatformKind } from "./transports.js";

/** How often a call of a port goes wrong while faults are allowed, and how. */
export interface PortTrouble {
  readonly failBefore: number;
  readonly failAfter: number;
  readonly hangBefore: number;
  readonly hangAfter: number;
  readonly slow: number;
  /** Of a message of the bus, to be lost. */
  readonly lose: number;
}

export type WorldOptions = Omit<ReturnType<typeof drawOptions>, "chat"> & {
  /** Undefined in worlds without a chat. */
  readonly chat?: ReturnType<typeof chatOptions>;
};

/** What an index of a chat may take: a queue without room for it ends each connection that catches up. */
const CHAT_PAGE_BYTES = 16_384;

/** Everything about a world that is fixed from its beginning. Each part has a source of its own, so that none moves another. */
export function drawOptions(random: Random) {
  const shape = random.fork("shape");
  const server = serverOptions(random.fork("server"));
  return {
    gateways: shape.int(1, 3),
    clients: shape.int(2, 8),
    accounts: shape.int(1, 4),
    devices: shape.int(1, 3),
    /** How long actions and faults go on. */
    chaosMs: shape.int(8, 40) * 1_000,
    actions: shape.int(20, 120),
    faults: shape.weighted([
      [1, 0],
      [4, shape.int(1, 10)],
      [1, shape.int(10, 25)],
    ]),
    directoryFaults: random.fork("directory faults").weighted([
      [2, 0],
      [1, 1],
      [1, 3],
    ]),
    server,
    gateway: gatewayOptions(random.fork("gateway")),
    client: clientOptions(random.fork("client")),
    ports: portOptions(random.fork("ports")),
    link: linkOptions(random.fork("link")),
    /** Node 20 and Node 22 have these defaults: with the world's own, a seed is the same on both. */
    socketHighWaterMarkBytes: random.fork("sockets").pick([16_384, 65_536]),
    chat: server.limits.maxQueuedBytes < CHAT_PAGE_BYTES ? undefined : chatOptions(random.fork("chat")),
  };
}

function serverOptions(random: Random) {
  const highWaterMarkBytes = random.pick([512, 4_096, 65_536, 1_048_576]);
  return {
    hasHooks: random.chance(0.6),
    hasLogger: random.chance(0.3),
    limits: {
      loginWaitMs: random.pick([1_000, 3_000, 10_000]),
      readWaitMs: random.pick([7_000, 30_000]),
      writeWaitMs: random.pick([1_000, 3_000, 10_000]),
      closeWaitMs: random.pick([300, 1_000, 2_000]),
      highWaterMarkBytes,
      maxQueuedBytes: highWaterMarkBytes * random.pick([1, 4, 16]),
      maxInboxMessages: random.pick([1, 4, 256]),
      maxInboxBytes: random.pick([1_024, 16_384, 1_048_576]),
      receiveConcurrency: random.weighted([
        [3, 1],
        [1, 4],
      ]),
      maxUnansweredPings: random.pick([4, 256]),
      overflowPolicy: random.pick(["close", "drop-newest", "drop-oldest"] as const),
      maxQueuedBytesTotal: random.pick([16_384, 262_144, 64 * 1_048_576]),
      maxInboxBytesTotal: random.pick([65_536, 64 * 1_048_576]),
      maxAcceptsPerSecond: random.pick([10, 5_000]),
    },
  };
}

function gatewayOptions(random: Random) {
  return {
    hasHooks: random.chance(0.5),
    hasLogger: random.chance(0.3),
    knowsExtensions: random.chance(0.85),
    /** Whether it pushes to accounts that come online. */
    greets: random.fork("greets").chance(0.5),
    isLoginSlow: random.chance(0.3),
    limits: {
      maxDevicesPerAccount: random.pick([1, 2, 16]),
      handlerTimeoutMs: random.pick([500, 2_000, 10_000]),
      maxInFlight: random.pick([2, 64]),
      maxRequestsPerSecond: random.weighted([
        [4, Number.POSITIVE_INFINITY],
        [1, 20],
      ]),
      leaseMs: random.pick([2_000, 6_000, 15_000]),
      portTimeoutMs: random.pick([300, 1_000, 3_000]),
    },
  };
}

function clientOptions(random: Random) {
  return {
    knowsExtensions: random.chance(0.85),
    hasOfflineQueue: random.chance(0.5),
    /** What each client draws its own from. */
    platforms: random.fork("platforms").weighted<readonly PlatformKind[]>([
      [2, ["tcp"]],
      [1, ["ws"]],
      [1, ["page"]],
      [2, ["tcp", "ws", "page"]],
    ]),
    limits: {
      dialTimeoutMs: random.pick([2_000, 5_000]),
      requestTimeoutMs: random.pick([1_500, 5_000, 10_000]),
      heartbeatMs: random.pick([1_000, 4_000]),
      heartbeatTimeoutMs: random.pick([1_000, 3_000, 8_000]),
      probeTimeoutMs: random.pick([500, 1_500]),
      maxInFlight: random.pick([1, 8, 64]),
      maxQueuedPushes: random.pick([2, 1_024]),
      retryFirstConnect: random.chance(0.5),
      reconnect: {
        baseMs: random.pick([100, 1_000]),
        capMs: random.pick([1_000, 3_000]),
        stableMs: random.pick([1, 3_000]),
      },
    },
    /** Whether the application keeps a new connection for something of its own before the client gets it. */
    dialHoldMs: random.fork("hold").pick([0, 0, 0, 200]),
    dialer: {
      writeWaitMs: random.pick([1_000, 5_000]),
      closeWaitMs: random.pick([300, 1_000]),
    },
  };
}

function portOptions(random: Random) {
  const inMemory = random.chance(0.15);
  const isReliable = random.chance(0.3);
  const some = () => (isReliable ? 0 : random.pick([0, 0, 0.02, 0.1]));
  const trouble: PortTrouble = {
    failBefore: some(),
    failAfter: some(),
    hangBefore: some(),
    hangAfter: some(),
    slow: some(),
    lose: some(),
  };
  return { inMemory, latencyMs: random.pick([0, 1, 20]), trouble };
}

function chatOptions(random: Random) {
  if (!random.chance(0.3)) return undefined;
  const kind = random.fork("kind").pick(["memory", "level"] as const);
  return {
    actions: random.int(10, 60),
    store: portOptions(random.fork("store")),
    kind,
    faults: random.fork("faults").int(0, 4),
  };
}

function linkOptions(random: Random): LinkQuality {
  return {
    latencyMs: random.pick([0, 0.5, 5, 40]),
    jitterMs: random.pick([0, 1, 20]),
    sliceChance: random.pick([0, 0.1, 0.5]),
    bufferBytes: random.pick([2_048, 16_384, 262_144]),
  };
}
