import { Breakage } from "./breakage.mjs";
import { dialects } from "./dialects.mjs";
import { EchoRing, EchoStream } from "./echo-stream.mjs";
import { measuredWindow } from "./measured-window.mjs";
import { messagePayload } from "./message-payload.mjs";
import { openConnections } from "./open-connections.mjs";

/** So much of the time that a broadcast took is rested before the next, or reading would keep the load busy throughout. */
const REST_SHARE = 0.3;

/**
 * Asks for a broadcast with one message, and for the next when every connection has received every message of it, after a
 * rest. What is counted is messages delivered.
 */
export async function fanOut(job) {
  const breakage = new Breakage();
  const connections = await openConnections(job, breakage);
  const { request, echo } = dialects[job.dialect];
  const payload = messagePayload(job.messageBytes);
  const ask = request(payload);
  const ring = new EchoRing(echo(payload));
  const deliveriesPerAsk = connections.length * job.burst;
  let delivered = 0;
  let awaited = 0;
  let atRest;
  let askedMs = 0;

  const resume = () => {
    awaited += deliveriesPerAsk;
    askedMs = performance.now();
    connections[0].write(ask);
  };
  /** A broadcast is one long turn of the server: its meters are read between two. */
  const rest = () => new Promise((resolve) => (atRest = resolve));

  const goOn = () => {
    if (!atRest) return resume();
    atRest();
    atRest = undefined;
  };

  for (const connection of connections) {
    const stream = new EchoStream(ring);
    connection.received = (bytes, buffer) => {
      try {
        delivered += stream.take(bytes, buffer);
        if (delivered > awaited) throw new Error("more messages came than were broadcast");
      } catch (error) {
        return breakage.report(error);
      }
      if (delivered === awaited) setTimeout(goOn, REST_SHARE * (performance.now() - askedMs));
    };
  }
  resume();
  return await measuredWindow(job, breakage.broken, () => delivered, { rest, resume });
}
