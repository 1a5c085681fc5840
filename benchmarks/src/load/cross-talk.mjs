import { Breakage } from "./breakage.mjs";
import { dialects } from "./dialects.mjs";
import { EchoRing, EchoStream } from "./echo-stream.mjs";
import { measuredWindow } from "./measured-window.mjs";
import { messagePayload } from "./message-payload.mjs";
import { openConnections } from "./open-connections.mjs";
import { completeServerFrame } from "./ws-frames.mjs";

/**
 * Pairs of users, each at two servers of a cluster: one talks to the other, with `window` messages under way. A message that
 * comes is answered with the next. What is counted is messages delivered.
 */
export async function crossTalk({ connections, port, otherPort, ...job }) {
  const breakage = new Breakage();
  const pairs = connections / 2;
  const talkers = await openConnections({ ...job, port, connections: pairs, userPrefix: "talker" }, breakage);
  const hearers = await openConnections(
    { ...job, port: otherPort, connections: pairs, userPrefix: "hearer" },
    breakage,
  );
  const payload = messagePayload(job.messageBytes);
  const { requestTo } = dialects[job.dialect];
  const talks = talkers.map((talker, index) => {
    const request = requestTo(`hearer${index}`, payload);
    return new Talk(talker, hearers[index], request, job.window, breakage);
  });
  return await measuredWindow(job, breakage.broken, () => talks.reduce((sum, { heard }) => sum + heard, 0));
}

class Talk {
  heard = 0;

  constructor(talker, hearer, request, window, breakage) {
    const requests = Buffer.concat(Array.from({ length: window }, () => request));
    let first = Buffer.alloc(0);
    let stream;
    hearer.received = (bytes, buffer) => {
      let complete = 1;
      try {
        if (stream) complete = stream.take(bytes, buffer);
        else {
          // The first message shows what all are: the server adds its own to what was sent.
          first = Buffer.concat([first, buffer.subarray(0, bytes)]);
          const frame = completeServerFrame(first);
          if (!frame) return;
          stream = new EchoStream(new EchoRing(first.subarray(0, frame.bytes)));
          talker.write(requests.subarray(request.length));
        }
      } catch (error) {
        return breakage.report(error);
      }
      this.heard += complete;
      talker.write(requests.subarray(0, complete * request.length));
    };
    talker.write(request);
  }
}
