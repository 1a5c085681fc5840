import { Recorder } from "@im/test-support/recorder";
import { type Acceptor, type CloseInfo, type Conn, type ConnOptions, OpCode } from "@im/transport-core";
import type { PerMessageDeflateOptions } from "../../src/index.js";
import { agreement, dialRaw, type RawWsPeer, start, startRawServer, upgraded } from "../support/raw-ws.js";

/** An echo of ours that the cases run against. */
export interface Echo {
  readonly name: string;
  /** Whether it is the server's side. */
  readonly isServer: boolean;
  /**
   * Whether it answers a message after the call that gave it. If the message and what ends the connection arrive in one
   * segment, the connection is closing by then, and the answer is not sent.
   */
  readonly answersLate: boolean;
  /** Connects a peer, with compression if that is given. */
  readonly open: (compression?: Compression) => Promise<EchoConnection>;
}

/** What both sides do to agree on compression (RFC 7692 §5). */
export interface Compression {
  /** Options of the echo. */
  readonly perMessageDeflate: PerMessageDeflateOptions;
  /** `Sec-WebSocket-Extensions` of the peer: what it offers as a client, what it answers as a server. */
  readonly extensions: string;
}

/** A connection between an echo and a peer that sends bytes. */
export interface EchoConnection {
  readonly peer: RawWsPeer;
  /** `Sec-WebSocket-Extensions` of the server's answer; empty without the header. */
  readonly agreedExtensions: string;
  /** How the connection ended, for the echo. */
  readonly closed: () => Promise<CloseInfo>;
}

const MiB = 1024 * 1024;

/** The limits, raised to what the largest cases need. */
const limits = { maxPayloadBytes: 16 * MiB, maxQueuedBytes: 64 * MiB, maxFragments: 100_000 } satisfies ConnOptions & {
  maxFragments: number;
};

/** A server's MessageListener that pushes each message back; the read loop answers Pings. */
async function openListener(compression?: Compression): Promise<EchoConnection> {
  const watched = await start({
    ...limits,
    perMessageDeflate: compression?.perMessageDeflate,
    deliverEmptyMessages: true,
    acceptor: { accept: () => "echo" },
    messageListener: { receive: (agent, payload, opCode) => agent.push(payload, opCode) },
  });
  return { ...(await peerOf(watched, compression)), closed: async () => (await watched.disconnects.next()).info };
}

/** A server's Conn before its login, as `echo` reads it. */
async function openConn(echo: (conn: Conn) => Promise<unknown>, compression?: Compression): Promise<EchoConnection> {
  const conns = new Recorder<Conn>("accepted connections");
  const acceptor: Acceptor = {
    async accept(conn) {
      conns.add(conn);
      await echo(conn);
      return "has ended";
    },
  };
  const { perMessageDeflate } = compression ?? {};
  const watched = await start({ ...limits, perMessageDeflate, loginWaitMs: 60_000, acceptor });
  const peer = await peerOf(watched, compression);
  const conn = await conns.next();
  return { ...peer, closed: () => conn.closed };
}

async function peerOf({ port }: { readonly port: number }, compression?: Compression) {
  const headers = compression && { "Sec-WebSocket-Extensions": compression.extensions };
  const peer = await upgraded(port, "/", headers);
  const [, agreedExtensions = ""] = /^Sec-WebSocket-Extensions: (.*)$/im.exec(await peer.head()) ?? [];
  return { peer, agreedExtensions };
}

/** Answers within the call that gives the frame. */
function echoByReceiver(conn: Conn): Promise<unknown> {
  conn.readFrames({ frame: (opCode, payload) => answer(conn, opCode, payload), end() {} });
  return conn.closed;
}

/** Answers once the promise of the frame has resolved. */
async function echoByLoop(conn: Conn): Promise<never> {
  for (;;) {
    const { opCode, payload } = await conn.readFrame();
    answer(conn, opCode, payload);
  }
}

async function openDialer({ perMessageDeflate, extensions }: Partial<Compression> = {}): Promise<EchoConnection> {
  const headers = extensions === undefined ? [] : [`Sec-WebSocket-Extensions: ${extensions}`];
  const answerUpgrade = (peer: RawWsPeer) => agreement(peer, ...headers);
  const { conn, peer } = await dialRaw(await startRawServer(), answerUpgrade, { ...limits, perMessageDeflate });
  void echoByReceiver(conn);
  return { peer, agreedExtensions: extensions ?? "", closed: () => conn.closed };
}

function answer(conn: Conn, opCode: OpCode, payload: Uint8Array): void {
  if (opCode === OpCode.Pong) return;
  conn.writeFrame(opCode === OpCode.Ping ? OpCode.Pong : opCode, payload);
}

const server = { isServer: true, answersLate: false };

export const echoes: readonly Echo[] = [
  { ...server, name: "server, MessageListener", open: openListener },
  { ...server, name: "server, Conn.readFrames", open: (compression) => openConn(echoByReceiver, compression) },
  {
    ...server,
    name: "server, Conn.readFrame",
    open: (compression) => openConn(echoByLoop, compression),
    answersLate: true,
  },
  { name: "dialer", open: openDialer, isServer: false, answersLate: false },
];
