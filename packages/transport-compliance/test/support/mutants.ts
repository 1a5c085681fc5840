import { OpCode } from "@im/transport-core";
import { encodeClosePayload } from "@im/transport-core/authoring";
import { override } from "./broken-transport.js";
import { does, type Mutant, rearranges, reports } from "./mutant.js";

export const mutants: readonly Mutant[] = [
  {
    fault: "does not flush what is queued when it closes",
    caughtBy: "closing/flushes-first-to-server",
    says: /messages that the server had before disconnect/,
    ...rearranges((written) => written),
  },
  {
    fault: "reorders what is written together",
    caughtBy: "order/to-server",
    says: /number 1 of 10000: expected 0/,
    ...rearranges((written) => [...written].reverse()),
  },
  {
    fault: "sends a frame of a large burst twice",
    caughtBy: "order/to-server",
    says: /messages at the server, number/,
    ...rearranges((written) => (written.length > 100 ? [...written, written[0]!] : written)),
  },
  {
    fault: "closes without the reason",
    caughtBy: "close/client-first",
    says: /the reason that the server reads: expected "see you", got ""/,
    ...does((driver) => ({ close: (code) => driver.close(code, "") })),
  },
  {
    fault: "takes a byte order mark off a reason",
    caughtBy: "close/reason-as-it-was-sent",
    says: /the reason that the server reads/,
    ...does((driver) => ({ close: (code, reason) => driver.close(code, reason.replace("\uFEFF", "")) })),
  },
  {
    fault: "sends Close, but keeps its socket open",
    caughtBy: "close/server-first",
    says: /the server to close/,
    ...does((driver) => ({
      close(code, reason) {
        driver.writeFrame(OpCode.Close, encodeClosePayload(code, reason));
        driver.flush();
      },
    })),
  },
  {
    fault: "swallows the peer's Close",
    caughtBy: "close/client-first",
    says: /the code that the server reads: expected 4000/,
    ...reports((sink) => ({
      frame(opCode, payload) {
        if (opCode !== OpCode.Close) sink.frame(opCode, payload);
      },
    })),
  },
  {
    fault: "reports every end as clean",
    caughtBy: "close/client-vanishes",
    says: /clean: expected false/,
    ...reports((sink) => ({ end: (info) => sink.end({ ...info, clean: true }) })),
  },
  {
    fault: "reports an end twice",
    caughtBy: "close/exactly-once",
    says: /whose end was reported/,
    serverOptions: (options) => ({
      ...options,
      stateListener: {
        disconnect(id, info) {
          void options.stateListener?.disconnect(id, info);
          void options.stateListener?.disconnect(id, info);
        },
      },
    }),
  },
  {
    fault: "reads on while paused",
    caughtBy: "backpressure/drained-when-the-peer-reads",
    says: /push returns while the peer does not read/,
    ...does(() => ({ pause() {} })),
  },
  {
    fault: "never reports that the queue has drained",
    caughtBy: "backpressure/drained-when-the-peer-reads",
    says: /drained\(\)/,
    ...reports(() => ({ drain() {} })),
  },
  {
    fault: "hides what it has queued",
    caughtBy: "backpressure/hard-limit",
    says: /expected IM_ERR_QUEUE_FULL/,
    ...does(() => ({ queuedBytes: 0 })),
  },
  {
    fault: "corrupts large payloads",
    caughtBy: "frames/sizes-to-client",
    says: /the payload of 65536 bytes: byte 65535/,
    ...reports((sink) => ({
      frame(opCode, payload) {
        if (payload.length > 65_535) payload[65_535]! ^= 1;
        sink.frame(opCode, payload);
      },
    })),
  },
  {
    fault: "takes Text for Binary",
    caughtBy: "frames/text",
    says: /the opcode at the server: expected 1, got 2/,
    ...reports((sink) => ({
      frame: (opCode, payload) => sink.frame(opCode === OpCode.Text ? OpCode.Binary : opCode, payload),
    })),
  },
  {
    fault: "pushes Text as Binary",
    caughtBy: "frames/text-pushed",
    says: /the opcode at the client: expected 1, got 2/,
    ...does((driver) => ({
      writeFrame: (opCode, payload) => driver.writeFrame(opCode === OpCode.Text ? OpCode.Binary : opCode, payload),
    })),
  },
  {
    fault: "loses empty messages",
    caughtBy: "frames/empty-delivered",
    says: /messages at the server/,
    ...reports((sink) => ({
      frame(opCode, payload) {
        if (payload.length > 0) sink.frame(opCode, payload);
      },
    })),
  },
  {
    fault: "sends all of the array that a payload is a view of",
    caughtBy: "ownership/sub-array-views",
    says: /the view of 10 bytes/,
    ...does((driver) => ({
      writeFrame: (opCode, payload) => driver.writeFrame(opCode, new Uint8Array(payload.buffer)),
    })),
  },
  {
    fault: "masks the sender's own array",
    caughtBy: "ownership/sent-payload",
    says: /byte 0 of/,
    ...does((driver) => ({
      writeFrame(opCode, payload) {
        driver.writeFrame(opCode, payload);
        for (let index = 0; index < payload.length; index++) payload[index]! ^= 0x5a;
      },
    })),
  },
  {
    fault: "uses the memory of a payload for the next",
    caughtBy: "ownership/received-payload",
    says: /payload 0, kept at the server/,
    ...reports((sink) => {
      const memory = new Uint8Array(1024 * 1024);
      return {
        frame(opCode, payload) {
          memory.set(payload);
          sink.frame(opCode, memory.subarray(0, payload.length));
        },
      };
    }),
  },
  {
    fault: "gives Buffers",
    caughtBy: "ownership/plain-array",
    says: /expected "Uint8Array", got "Buffer"/,
    ...reports((sink) => ({ frame: (opCode, payload) => sink.frame(opCode, Buffer.from(payload)) })),
  },
  {
    fault: "takes payloads of any size",
    caughtBy: "limits/oversize-to-server",
    says: /the client to be closed/,
    ...reports(() => ({ maxPayloadBytes: Number.POSITIVE_INFINITY })),
  },
  {
    fault: "loses what comes together with the first frame",
    caughtBy: "login/glued-frames",
    says: /messages at the server/,
    ...reports((sink) => {
      let isFirstTask = true;
      let count = 0;
      return {
        frame(opCode, payload) {
          setTimeout(() => {
            isFirstTask = false;
          }, 0);
          if (!isFirstTask || ++count === 1) sink.frame(opCode, payload);
        },
      };
    }),
  },
  {
    fault: "answers a Ping without its payload",
    caughtBy: "heartbeat/ping-is-answered",
    says: /the payload of the Pong: length in bytes: expected 1, got 0/,
    ...does((driver) => ({
      writeFrame: (opCode, payload) => driver.writeFrame(opCode, opCode === OpCode.Pong ? new Uint8Array(0) : payload),
    })),
  },
  {
    fault: "loses frames that are encoded once for all",
    caughtBy: "server/broadcast",
    says: /a frame/,
    ...does(() => ({ writeEncoded() {} })),
  },
  {
    fault: "leaves a timer behind",
    caughtBy: "leaks/nothing-left",
    says: /what is open.*"Timeout"/,
    ...does((driver) => ({
      start(sink) {
        setTimeout(() => {}, 5_000);
        driver.start(sink);
      },
    })),
  },
  {
    fault: "dials on in spite of an abort",
    caughtBy: "dial/abort-during",
    says: /the dial that was aborted/,
    dialer: (dialer) => ({
      dialAndHandshake: (context) => dialer.dialAndHandshake({ ...context, signal: undefined }),
    }),
  },
  {
    fault: "quotes an address with its password",
    caughtBy: "dial/no-secrets",
    says: /its error shows no secret/,
    dialer: (dialer) => ({
      async dialAndHandshake(context) {
        if (context.address.includes("@")) throw new Error(`cannot dial ${context.address}`);
        return dialer.dialAndHandshake(context);
      },
    }),
  },
  {
    fault: "takes an address that is in use",
    caughtBy: "start/address-in-use",
    says: /starting on an address in use/,
    listener: (listener) =>
      override(listener, {
        listen: (sink) => listener.listen(sink).catch(() => ({ host: "here", port: 1 })),
      }),
  },
  {
    fault: "never drops what it should",
    caughtBy: "overflow/drop-newest",
    says: /some of 128 pushes/,
    ...does(() => ({ queuedBytes: 0 })),
  },
  {
    fault: "drops the newest instead of the oldest",
    caughtBy: "overflow/drop-oldest",
    says: /IM_ERR_QUEUE_FULL|more than/,
    serverOptions: (options) => ({ ...options, overflowPolicy: "drop-newest" }),
  },
  {
    fault: "drops control frames while the peer does not read",
    caughtBy: "overflow/control-frames-pass",
    says: /frames at the client/,
    ...does((driver) => ({
      writeFrame(opCode, payload) {
        if (opCode !== OpCode.Ping || driver.queuedBytes === 0) driver.writeFrame(opCode, payload);
      },
    })),
  },
  {
    fault: "does not count what waits in all queues together",
    caughtBy: "queued-total/drop-newest",
    says: /keep to their bound/,
    serverOptions: ({ maxQueuedBytesTotal, ...options }) => options,
  },
  {
    fault: "does not count what has come and waits",
    caughtBy: "received-total/stops-reading",
    says: /messages wait at every client/,
    serverOptions: ({ maxInboxBytesTotal, ...options }) => options,
  },
  {
    fault: "does not count its connections",
    caughtBy: "connection-limits/one-too-many",
    says: /one too many/,
    serverOptions: ({ maxConnections, ...options }) => options,
  },
  {
    fault: "reports twice what is sent",
    caughtBy: "hooks/exact-counts",
    says: /received, sent, dropped: expected "500 510 0"/,
    serverOptions: (options) => ({
      ...options,
      hooks: {
        ...options.hooks,
        sent(agent, bytes) {
          options.hooks?.sent?.(agent, bytes);
          options.hooks?.sent?.(agent, bytes);
        },
      },
    }),
  },
  {
    fault: "destroys instead of closing when it is shut down",
    caughtBy: "shutdown-stages/at-the-rate",
    says: /clean and cut: expected "11 0"/,
    ...does((driver) => ({ close: () => driver.destroy() })),
  },
  {
    fault: "ends a channel without what was pushed before",
    caughtBy: "shutdown-stages/of-one-channel",
    says: /frames at the client: expected 1/,
    ...rearranges((written) => written),
  },
  {
    fault: "goes on accepting after it was closed",
    caughtBy: "shutdown/refuses-dials",
    says: /dialling a server that was shut down/,
    listener: (listener) => override(listener, { close: async () => {} }),
  },
];
