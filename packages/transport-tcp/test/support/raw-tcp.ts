import { context, harness, type Parsed, type RawFrame, RawPeer, type RawTransport } from "@im/test-support/raw-peer";
import { within } from "@im/test-support/recorder";
import { expect } from "vitest";
import { createTcpServer, type TcpDialerOptions, type TcpServerOptions, tcpDialer } from "../../src/index.js";
import { frame, header } from "./raw-frames.js";

class RawTcpPeer extends RawPeer {
  protected override parse(bytes: Buffer): Parsed<RawFrame> | undefined {
    if (bytes.length < 5) return undefined;
    const byteLength = 5 + bytes.readUInt32BE(1);
    if (bytes.length < byteLength) return undefined;
    return { byteLength, frame: { opCode: bytes[0]!, payload: bytes.subarray(5, byteLength) } };
  }
}

/** TCP, for the raw-peer suite. */
export const rawTcp: RawTransport<TcpServerOptions, TcpDialerOptions, RawTcpPeer> = {
  scheme: "tcp",
  tlsScheme: "tls",
  dialPath: "",
  createServer: createTcpServer,
  createDialer: tcpDialer,
  located: (options) => (options.path === undefined ? { host: "127.0.0.1", ...options } : options),
  peerOn: (socket) => new RawTcpPeer(socket),
  opening: Buffer.alloc(0),
  async opened() {},
  agreement: async () => Buffer.alloc(0),
  frame,
  declaring: (payloadBytes) => Buffer.concat([header(2, Number(payloadBytes)), Buffer.from("abcd")]),
  largestLength: 0xffffffffn,
  unfinished: [
    ["of a header", Buffer.from("0200", "hex")],
    ["of a payload", Buffer.from("020000000a616263", "hex")],
  ],
  flood: Buffer.alloc(256 * 1024),
  answersClose: false,
  async expectRefusal(peer, why) {
    expect(await peer.close()).toEqual({ code: 1013, reason: `the server takes no more connections: ${why}` });
  },
  async expectRefusedDial(dialling, why) {
    const conn = await dialling;
    expect(await within(conn.closed, "the end")).toMatchObject({
      code: 1013,
      reason: `the server takes no more connections: ${why}`,
      clean: true,
    });
  },
};

export { context };
export const { start, connect, loggedIn, dial, expectToServeAGoodClient } = harness(rawTcp);
