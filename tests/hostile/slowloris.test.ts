import { setTimeout as elapse } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import { createHonestClient } from "./support/honest-client.js";
import { percentile, report, size } from "./support/measuring.js";
import { RawPeer, tcpHeader, upgradeRequest } from "./support/raw-peer.js";
import { ServerProcess } from "./support/server-process.js";
import { createDialer, createTls, sourceAddress, type Transport } from "./support/transports.js";

const SLOW_PEERS = size(200, 2_000);
const HONEST_LOGINS = size(20, 100);
const LOGIN_WAIT_MS = size(500, 5_000);
/** The default: how long a peer whose login was refused by a Close has to take it. */
const CLOSE_WAIT_MS = 2_000;
/** How much later than these waits a slow peer must be gone. */
const GRACE_MS = 1_000;
const DRIP_EVERY_MS = 100;
/** Timers and the clock of the test are whole milliseconds. */
const CLOCK_MS = 2;

/** A way to hold a connection before its login: what is sent at once, and what follows byte by byte. */
interface SlowPeer {
  readonly upgrades?: boolean;
  readonly drips?: Buffer;
}

const longFrame = Buffer.concat([tcpHeader(2, 60_000), Buffer.alloc(60_000)]);
const longWsFrame = Buffer.concat([Buffer.from("82feea6000000000", "hex"), Buffer.alloc(60_000)]);
const endlessRequest = Buffer.from(upgradeRequest.replace("\r\n\r\n", `\r\nX-Slow: ${"x".repeat(10_000)}`));

const silent: SlowPeer = {};
interface Way {
  readonly transport: Transport;
  readonly tls?: boolean;
  /** The handshake is done, so the server ends the connection with a Close. */
  readonly getsClose?: boolean;
  readonly peers: readonly SlowPeer[];
}

const ways: Readonly<Record<string, Way>> = {
  "tcp, silent and dripping": { transport: "tcp", getsClose: true, peers: [silent, { drips: longFrame }] },
  "tls before its handshake, silent and dripping": {
    transport: "tcp",
    tls: true,
    peers: [silent, { drips: Buffer.from("1603010200010001fc0303", "hex") }],
  },
  "ws before the upgrade, silent and dripping": { transport: "ws", peers: [silent, { drips: endlessRequest }] },
  "ws after the upgrade, silent and dripping": {
    transport: "ws",
    getsClose: true,
    peers: [{ upgrades: true }, { upgrades: true, drips: longWsFrame }],
  },
  "wss before its handshake, silent and dripping": {
    transport: "ws",
    tls: true,
    peers: [silent, { drips: Buffer.from("1603010200010001fc0303", "hex") }],
  },
};

/** Opens a slow peer. @returns when it began to, and when the server was done with it */
async function beSlow(transport: Transport, port: number, { upgrades, drips }: SlowPeer, source: string) {
  const beganMs = Date.now();
  const peer = await RawPeer.connect(transport, port, source);
  if (upgrades) await peer.upgrade();
  let sent = 0;
  const drip = drips && setInterval(() => peer.send(drips.subarray(sent, ++sent)), DRIP_EVERY_MS);
  const goneMs = peer.ended.then(({ atMs }) => {
    clearInterval(drip);
    return atMs;
  });
  return { beganMs, goneMs };
}

it.each(Object.entries(ways))(
  `${SLOW_PEERS} slow peers on %s are gone soon after the login wait, and delay no other login`,
  async (_, { transport, tls, getsClose, peers }) => {
    const secure = tls ? await createTls(transport) : undefined;
    const options = { loginWaitMs: LOGIN_WAIT_MS, ...(secure && { tls: secure.certificate }) };
    const server = await ServerProcess.start(transport, { options });
    const dialer = secure?.dialer ?? createDialer(transport);
    await createHonestClient(dialer, "to warm up").connect(server.dialUrl);
    const before = await server.holdings();

    const slow = await Promise.all(
      Array.from({ length: SLOW_PEERS }, (_, index) =>
        beSlow(transport, server.port, peers[index % peers.length]!, sourceAddress(index)),
      ),
    );
    // Connections are accepted in their order: when this one is let in, all before it have been.
    const last = createHonestClient(dialer, "after the slow ones");
    await last.connect(server.dialUrl);
    const allCameMs = Date.now();
    await last.close();

    const loginsMs: number[] = [];
    const pauseMs = (LOGIN_WAIT_MS * 0.7) / HONEST_LOGINS;
    for (let login = 0; login < HONEST_LOGINS; login++) {
      const startMs = performance.now();
      const client = createHonestClient(dialer, `honest ${login}`);
      await client.connect(server.dialUrl);
      loginsMs.push(performance.now() - startMs);
      await client.close();
      await elapse(Math.max(0, pauseMs - loginsMs.at(-1)!));
    }
    expect(Math.max(...loginsMs)).toBeLessThan(500);

    const isGone = async () => expect(await server.holdings()).toEqual(before);
    const goneAtMs = allCameMs + LOGIN_WAIT_MS + (getsClose ? CLOSE_WAIT_MS : 0) + GRACE_MS;
    await vi.waitFor(isGone, { timeout: goneAtMs - Date.now(), interval: 20 });
    const stays = await Promise.all(slow.map(async ({ beganMs, goneMs }) => (await goneMs) - beganMs));
    const [shortest, longest] = [Math.min(...stays), Math.max(...stays)];
    report(
      `${SLOW_PEERS} slow peers were gone after ${shortest} to ${longest} ms (login wait ${LOGIN_WAIT_MS}); ` +
        `honest logins: median ${percentile(loginsMs, 50).toFixed(1)}, worst ${Math.max(...loginsMs).toFixed(1)} ms`,
    );
    expect(shortest).toBeGreaterThanOrEqual(LOGIN_WAIT_MS - CLOCK_MS);
  },
);
