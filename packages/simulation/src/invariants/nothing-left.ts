import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Page } from "../page/page.js";
import type { ClientRecord } from "../world/client-record.js";
import type { World } from "../world/world.js";
import type { Invariant } from "./invariant.js";

/** What Node does by `setImmediate` takes a page a timer, called once a second while it is hidden. */
const PAGE_TURN_MS = 1_100;
/** A deadline is found this late, and a socket closes in the next turn. */
const CLOSED_MS = 200;

type Left = (owner: string, what: string) => void;

/** When all is closed, no timer, socket, listener, session or subscription is left. */
export const nothingLeft: Invariant = (world) => {
  const left: Left = (owner, what) => world.violate("a close leaves nothing behind", `${owner} has ${what}`);
  const statusChanges = new Map<ClientRecord, number>();
  world.observers.push({
    statusChanged(client) {
      statusChanges.set(client, (statusChanges.get(client) ?? 0) + 1);
    },
    clientClosed(closed) {
      const { client, process, platform } = closed;
      const { page } = platform;
      const changes = statusChanges.get(closed);
      const isStillClosed = () => client.status.state === "closed" && statusChanges.get(closed) === changes;
      // A connection that was given up may still be closing.
      const waitMs = world.options.client.dialer.closeWaitMs + (page ? PAGE_TURN_MS : CLOSED_MS);
      process.later(waitMs, () => isStillClosed() && checkClosed(process, page, left));
    },
  });
  return {
    atEnd() {
      checkClients(world, left);
      checkGateways(world, left);
      checkNetwork(world, left);
      checkPorts(world, left);
    },
  };
};

function checkClosed({ name, timers }: SimulatedProcess, page: Page | undefined, left: Left): void {
  if (timers.active > 0) left(name, `${timers.active} timers`);
  if (page && page.listeners > 0) left(name, `${page.listeners} listeners`);
}

function checkClients({ clients }: World, left: Left): void {
  for (const { platform, name, client } of clients) {
    if (client.status.state !== "closed") left(name, `the status ${client.status.state}`);
    for (const process of platform.processes) for (const what of process.pending) left(process.name, what);
  }
}

function checkGateways({ gateways }: World, left: Left): void {
  for (const { state, host } of gateways) if (state !== "down") left(host, `the state ${state}`);
  for (const { process, name } of gateways.flatMap(({ lives }) => lives)) {
    for (const what of process.pending) left(name, what);
  }
}

function checkNetwork({ network }: World, left: Left): void {
  for (const endpoint of network.endpoints) left(endpoint.id, "an open socket");
  for (const place of network.listeners) left(place, "a listener");
}

function checkPorts({ gateways, ports, accounts }: World, left: Left): void {
  const haveLeft = gateways.flatMap(({ lives }) => lives.filter((life) => life.hasLeft));
  for (const { gateway } of haveLeft) if (ports.subscriptions.has(gateway.id)) left(gateway.id, "a subscription");
  for (const { account, device } of ports.directory.find(accounts)) left(`${account}/${device}`, "a session");
}
