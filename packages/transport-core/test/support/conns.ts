import type { ChannelOptions, ConnOptions, OverflowPolicy } from "@im/transport-core";
import { FramedChannel } from "../../src/channel/framed-channel.js";
import { FramedConn } from "../../src/conn/framed-conn.js";
import { overflowPolicies } from "../../src/conn/overflow-policy.js";
import { DeadlineWheel } from "../../src/deadline/deadline-wheel.js";
import { QueuedTotal } from "../../src/limits/queued-total.js";
import type { ReceivedTotal } from "../../src/limits/received-total.js";
import { resolveChannelOptions, resolveConnOptions } from "../../src/options.js";
import { FakeDriver, type FakeDriverOptions } from "./fake-driver.js";

interface QueueOptions {
  readonly overflowPolicy?: OverflowPolicy;
  /** With it the queue is that of a server. */
  readonly queuedTotal?: QueuedTotal;
  readonly receivedTotal?: ReceivedTotal;
}

/** A Conn on a fake driver. */
export function openConn(
  { overflowPolicy, queuedTotal, receivedTotal, ...options }: ConnOptions & QueueOptions = {},
  driverOptions: FakeDriverOptions = {},
) {
  const driver = new FakeDriver(driverOptions);
  const isOfServer = overflowPolicy !== undefined || queuedTotal !== undefined;
  const total = queuedTotal ?? new QueuedTotal(Number.POSITIVE_INFINITY);
  const overflow = isOfServer ? overflowPolicies[overflowPolicy ?? "close"](total) : undefined;
  const settings = { ...resolveConnOptions(options), overflow, receivedTotal, deadlines: new DeadlineWheel() };
  const conn = new FramedConn(driver, settings);
  return { conn, driver };
}

/** A Channel on a fake driver. Errors of the application are collected. */
export function openChannel(
  { onError, ...options }: ConnOptions & ChannelOptions & QueueOptions = {},
  driverOptions: FakeDriverOptions = {},
) {
  const { conn, driver } = openConn(options as ConnOptions, driverOptions);
  const errors: { readonly code: string; readonly during: string }[] = [];
  const report: NonNullable<ChannelOptions["onError"]> = (error, { during }) =>
    errors.push({ code: (error as { code?: string }).code ?? (error as Error).message, during });
  const settings = resolveChannelOptions({ ...options, onError: onError ?? report });
  const channel = new FramedChannel("alice", conn, settings);
  return { channel, conn, driver, errors };
}
