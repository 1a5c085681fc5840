import { setTimeout as elapse } from "node:timers/promises";
import { TransportError } from "@im/transport-core";
import { createResponse, marshal, read } from "@im/wire";
import { decodeLoginReq, encodeLoginResp } from "@im/wire/codec";

const textOf = (payload) => new TextDecoder().decode(payload);

/** The first frame is the id, and is sent back as the answer to the login. */
const loginByName = {
  async accept(conn, { signal }) {
    const { payload, opCode } = await conn.readFrame({ signal });
    conn.writeFrame(opCode, payload);
    conn.flush();
    return textOf(payload);
  },
};

const echo = { receive: (agent, payload) => void agent.push(payload) };

/** Fails each tenth time, in three ways by turns: at once, later, and by never settling. */
function everyTenthFails(count, what) {
  let calls = 0;
  let failures = 0;
  return () => {
    if (++calls % 10 !== 0) return undefined;
    const way = ["throws", "rejects", "never settles"][failures++ % 3];
    count(`${what} ${way}`);
    if (way === "throws") throw new Error(`${what} fails`);
    return way === "rejects" ? Promise.reject(new Error(`${what} fails`)) : new Promise(() => {});
  };
}

/** Hooks that count their calls. */
function countingHooks(count) {
  return {
    accepted: () => count("hook accepted"),
    refused: (why) => count(`hook refused: ${why}`),
    opened: () => count("hook opened"),
    received: () => count("hook received"),
    closed: () => count("hook closed"),
  };
}

/** What a server does, by name: its parts, and what more its parent may call. */
export const scenarios = {
  echo: () => ({ parts: { acceptor: loginByName, messageListener: echo } }),

  /** Records, after a message, whether its connection is closed by the end of the turn in which the message came. */
  bombs: ({ count }) => ({
    parts: {
      acceptor: {
        async accept(conn, { signal }) {
          const { payload } = await conn.readFrame({ signal });
          if (payload[0] !== 0xc3) return textOf(payload);
          try {
            return read(payload).command;
          } catch (error) {
            count(error.code);
            throw new TransportError("IM_ERR_LOGIN_REFUSED", error.message);
          }
        },
      },
      messageListener: {
        receive(agent) {
          setImmediate(() => {
            try {
              agent.push(Uint8Array.of(1));
              count("open after the turn");
            } catch {
              count("closed in the turn");
            }
          });
        },
      },
    },
  }),

  /** Each tenth message, of all, fails. */
  "failing listener": ({ count }) => {
    const fail = everyTenthFails(count, "listener");
    const receive = (agent, payload) => {
      count("received");
      const failure = fail();
      if (failure) return failure;
      agent.push(payload);
      return undefined;
    };
    return { parts: { acceptor: loginByName, messageListener: { receive }, hooks: countingHooks(count) } };
  },

  /** Each tenth login fails. */
  "failing acceptor": ({ count }) => {
    const fail = everyTenthFails(count, "acceptor");
    const accept = (conn, context) => fail() ?? loginByName.accept(conn, context);
    return { parts: { acceptor: { accept }, messageListener: echo, hooks: countingHooks(count) } };
  },

  /** Each tenth disconnect fails. */
  "failing state listener": ({ count }) => ({
    parts: {
      acceptor: loginByName,
      messageListener: echo,
      hooks: countingHooks(count),
      stateListener: { disconnect: everyTenthFails(count, "state listener") },
    },
  }),

  /** Signs in each client with its token as the account, and answers each request, every third one later. */
  requests: ({ count }) => {
    const arrived = [];
    let shutDownBegan = false;
    return {
      parts: {
        acceptor: {
          async accept(conn, { signal }) {
            const request = read((await conn.readFrame({ signal })).payload);
            const { token } = decodeLoginReq(request.body);
            const body = encodeLoginResp({ channelId: token, account: token });
            conn.writeFrame(2, marshal(createResponse(request, { body })));
            conn.flush();
            return token;
          },
        },
        messageListener: {
          async receive(agent, payload) {
            const request = read(payload);
            arrived.push(`${agent.id} ${request.sequence}`);
            if (arrived.length % 3 === 0) await elapse(20);
            agent.push(marshal(createResponse(request)));
          },
        },
        hooks: { accepted: () => count(shutDownBegan ? "accepted after the start" : "accepted") },
      },
      calls: {
        arrived: () => arrived,
        shutDownBegins() {
          shutDownBegan = true;
        },
      },
    };
  },

  /** Broadcasts numbered payloads that say when they left. */
  broadcasts: ({ server, channelOf }) => {
    let number = 0;
    const stamped = (bytes) => {
      const payload = Buffer.alloc(bytes);
      payload.writeDoubleBE(performance.timeOrigin + performance.now());
      payload.writeUInt32BE(number++, 8);
      return payload;
    };
    return {
      parts: { acceptor: loginByName, messageListener: { receive() {} } },
      calls: {
        /** @returns how many have left since the start */
        async broadcast({ times, everyMs, bytes }) {
          const startMs = performance.now();
          for (let round = 0; round < times; round++) {
            await elapse(Math.max(0, startMs + round * everyMs - performance.now()));
            server().broadcast(stamped(bytes));
          }
          return number;
        },
        /** Fills what the system takes for one that does not read, and then its queue up to so many bytes. */
        async fill(id, queuedBytes) {
          const channel = channelOf(id);
          let before;
          do {
            before = channel.queuedBytes;
            channel.push(Buffer.alloc(before === 0 ? 64 * 1024 : 4 * 1024));
            await elapse(2);
          } while (channel.queuedBytes <= before || channel.queuedBytes < queuedBytes);
          return channel.queuedBytes;
        },
      },
    };
  },

  /** Pushes to all that it has, a message of its own to each, one round in a turn. */
  "pushes to each": ({ count, channels }) => ({
    parts: {
      acceptor: loginByName,
      messageListener: { receive() {} },
      hooks: { dropped: (_agent, why) => count(why) },
    },
    calls: {
      async pushToEach({ rounds, bytes }) {
        for (let round = 0; round < rounds; round++) {
          for (const channel of channels()) {
            try {
              channel.push(Buffer.alloc(bytes, round));
            } catch (error) {
              count(error.code);
            }
          }
          await elapse(1);
        }
      },
    },
  }),
};
