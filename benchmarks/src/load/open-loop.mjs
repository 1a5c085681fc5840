import { percentile } from "../statistics.mjs";
import { allAnswered } from "./all-answered.mjs";
import { Breakage } from "./breakage.mjs";
import { dialects } from "./dialects.mjs";
import { EchoRing, EchoStream } from "./echo-stream.mjs";
import { measuredWindow } from "./measured-window.mjs";
import { messagePayload } from "./message-payload.mjs";
import { openConnections } from "./open-connections.mjs";

/** Messages that may be under way on one connection before the load gives up. */
const MAX_UNDER_WAY = 4096;

/**
 * Sends at a steady rate, whatever comes back, and times each message from the moment at which it was due: a server
 * (or a load) that stalls is charged for every message that had to wait (no "coordinated omission").
 *
 * It polls, so it is always busy.
 */
export async function openLoop(job) {
  const breakage = new Breakage();
  const connections = await openConnections(job, breakage);
  const { request, echo } = dialects[job.dialect];
  const payload = messagePayload(job.messageBytes);
  const frame = request(payload);
  const ring = new EchoRing(echo(payload));
  const samples = new Samples();
  const lanes = connections.map((connection) => new Lane(connection, ring, samples, breakage));

  const messagesPerMs = job.messagesPerSecond / 1000;
  const startMs = performance.now();
  let sent = 0;
  let polling = true;
  const poll = () => {
    const nowMs = performance.now();
    while (sent < (nowMs - startMs) * messagesPerMs) {
      const dueMs = startMs + sent / messagesPerMs;
      lanes[sent % lanes.length].send(frame, dueMs);
      samples.sent(dueMs, nowMs);
      sent++;
    }
    if (polling) setImmediate(poll);
  };
  poll();

  const measured = await measuredWindow(job, breakage.broken, () => {
    samples.windowTurns();
    return samples.answers;
  });
  polling = false;
  await allAnswered(lanes, breakage.broken);
  return { ...measured, ...samples.percentilesUs() };
}

/** The times of the messages that were due in the window, however late their answers are. */
class Samples {
  answers = 0;
  #latenciesMs = [];
  #sendDelaysMs = [];
  #fromMs = Number.POSITIVE_INFINITY;
  #toMs = Number.POSITIVE_INFINITY;

  /** The first call begins the window, the second ends it. */
  windowTurns() {
    if (this.#fromMs === Number.POSITIVE_INFINITY) this.#fromMs = performance.now();
    else this.#toMs = performance.now();
  }

  sent(dueMs, nowMs) {
    if (this.#covers(dueMs)) this.#sendDelaysMs.push(nowMs - dueMs);
  }

  answered(dueMs, nowMs) {
    this.answers++;
    if (this.#covers(dueMs)) this.#latenciesMs.push(nowMs - dueMs);
  }

  percentilesUs() {
    const latencies = Float64Array.from(this.#latenciesMs).sort();
    const sendDelays = Float64Array.from(this.#sendDelaysMs).sort();
    return {
      p50Us: 1000 * percentile(latencies, 0.5),
      p99Us: 1000 * percentile(latencies, 0.99),
      sendDelayP99Us: 1000 * percentile(sendDelays, 0.99),
    };
  }

  #covers(dueMs) {
    return dueMs >= this.#fromMs && dueMs < this.#toMs;
  }
}

/** A connection and when each message that is under way on it was due. */
class Lane {
  #connection;
  #breakage;
  #dueMs = new Float64Array(MAX_UNDER_WAY);
  #head = 0;
  #tail = 0;

  constructor(connection, ring, samples, breakage) {
    this.#connection = connection;
    this.#breakage = breakage;
    const stream = new EchoStream(ring);
    connection.received = (bytes, buffer) => {
      try {
        const complete = stream.take(bytes, buffer);
        if (complete > this.underWay) throw new Error("more echoes came than messages were sent");
        const nowMs = performance.now();
        for (let i = 0; i < complete; i++) samples.answered(this.#dueMs[this.#head++ % MAX_UNDER_WAY], nowMs);
      } catch (error) {
        breakage.report(error);
      }
    };
  }

  get underWay() {
    return this.#tail - this.#head;
  }

  send(frame, dueMs) {
    if (this.underWay === MAX_UNDER_WAY) this.#breakage.report(new Error("the server cannot keep up"));
    this.#dueMs[this.#tail++ % MAX_UNDER_WAY] = dueMs;
    this.#connection.write(frame);
  }
}
