import { allAnswered } from "./all-answered.mjs";
import { Breakage } from "./breakage.mjs";
import { dialects } from "./dialects.mjs";
import { EchoRing, EchoStream } from "./echo-stream.mjs";
import { measuredWindow } from "./measured-window.mjs";
import { messagePayload } from "./message-payload.mjs";
import { openConnections } from "./open-connections.mjs";

/** Keeps `window` messages under way on each connection: an echo that comes is answered with the next message. */
export async function closedLoop(job) {
  const breakage = new Breakage();
  const connections = await openConnections(job, breakage);
  const { request, echo } = dialects[job.dialect];
  const payload = messagePayload(job.messageBytes);
  const requests = Buffer.concat(Array.from({ length: job.window }, () => request(payload)));
  const ring = new EchoRing(echo(payload));

  const loops = connections.map((connection) => new Loop(connection, ring, requests, job.window, breakage));
  const count = () => loops.reduce((sum, { echoes }) => sum + echoes, 0);
  const measured = await measuredWindow(job, breakage.broken, count);

  for (const loop of loops) loop.drain();
  await allAnswered(loops, breakage.broken);
  return measured;
}

class Loop {
  echoes = 0;
  underWay;
  #draining = false;
  #stream;

  constructor(connection, ring, requests, window, breakage) {
    const requestBytes = requests.length / window;
    this.#stream = new EchoStream(ring);
    this.underWay = window;
    connection.received = (bytes, buffer) => {
      let complete = 0;
      try {
        complete = this.#stream.take(bytes, buffer);
        if (complete > this.underWay) throw new Error("more echoes came than messages were sent");
      } catch (error) {
        return breakage.report(error);
      }
      if (complete === 0) return;
      this.echoes += complete;
      if (this.#draining) this.underWay -= complete;
      else connection.write(requests.subarray(0, complete * requestBytes));
    };
    connection.write(requests);
  }

  /** Sends nothing more; what still comes is checked. */
  drain() {
    this.#draining = true;
    this.#stream.checkNext();
  }
}
