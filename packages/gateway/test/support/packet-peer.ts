import { type CloseInfo, type Conn, type Dialer, OpCode } from "@im/transport-core";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import {
  type BasicPkt,
  commands,
  createRequest,
  Flag,
  type LogicPkt,
  type LogicPktInit,
  type Meta,
  marshal,
  type Packet,
  read,
  Sequence,
  Status,
} from "@im/wire";
import { decodeLoginResp, encodeLoginReq } from "@im/wire/codec";
import { within } from "./within.js";

export interface SignInInit {
  readonly token: string;
  readonly tags?: string[];
  readonly meta?: readonly Meta[];
}

/** A client of the packet protocol, by hand: sends what a test gives it, and keeps what it receives. */
export class PacketPeer {
  readonly conn: Conn;
  readonly #sequence = new Sequence();
  readonly #waiting: ((packet: Packet) => void)[] = [];
  readonly #packets: Packet[] = [];
  #listener: ((packet: Packet) => void) | undefined;
  channelId = "";

  private constructor(conn: Conn) {
    this.conn = conn;
    conn.readFrames({
      frame: (opCode, payload) => {
        if (opCode !== OpCode.Binary) return;
        const packet = read(payload);
        if (this.#listener) return this.#listener(packet);
        const next = this.#waiting.shift();
        if (next) next(packet);
        else this.#packets.push(packet);
      },
      end: () => {},
    });
  }

  static async connect(url: string, dialer: Dialer = url.startsWith("ws") ? wsDialer() : tcpDialer()) {
    const conn = await dialer.dialAndHandshake({ id: "peer", name: "peer", address: url, timeoutMs: 8_000 });
    return new PacketPeer(conn);
  }

  /** Connects and signs in; rejects unless it is let in. */
  static async signIn(url: string, init: string | SignInInit): Promise<PacketPeer> {
    const peer = await PacketPeer.connect(url);
    const response = await peer.signIn(typeof init === "string" ? { token: init } : init);
    if (response.status !== Status.Success) throw new Error(`refused with status ${response.status}`);
    peer.channelId = decodeLoginResp(response.body).channelId;
    return peer;
  }

  signIn(init: SignInInit): Promise<LogicPkt> {
    const { meta = [], ...login } = init;
    return this.request({ command: commands.loginSignIn, meta, body: encodeLoginReq(login) });
  }

  /** Sends a request and gives the next packet that comes, which must be its response. */
  async request(init: LogicPktInit): Promise<LogicPkt> {
    const { sequence } = this.send(init);
    const response = await this.logic();
    if (response.flag !== Flag.Response || response.sequence !== sequence) {
      throw new Error(`this is no response to ${init.command} ${sequence}: ${JSON.stringify(response)}`);
    }
    return response;
  }

  send(init: LogicPktInit): LogicPkt {
    const request = { ...createRequest(init, this.#sequence), flag: init.flag ?? Flag.Request };
    this.sendBytes(marshal(request));
    return request;
  }

  sendBytes(...payloads: readonly Uint8Array[]): void {
    for (const payload of payloads) this.conn.writeFrame(OpCode.Binary, payload);
    this.conn.flush();
  }

  /** From now on gives each packet to `listener` as it comes. */
  listen(listener: (packet: Packet) => void): void {
    this.#listener = listener;
  }

  /** The next packet. */
  next(what = "a packet"): Promise<Packet> {
    const packet = this.#packets.shift();
    if (packet) return Promise.resolve(packet);
    return within(
      new Promise((resolve) => {
        this.#waiting.push(resolve);
      }),
      what,
    );
  }

  async logic(what = "a LogicPkt"): Promise<LogicPkt> {
    const packet = await this.next(what);
    if (packet.kind !== "logic") throw new Error(`waited for ${what}, got a BasicPkt of code ${packet.code}`);
    return packet;
  }

  async basic(): Promise<BasicPkt> {
    const packet = await this.next("a BasicPkt");
    if (packet.kind !== "basic") throw new Error(`waited for a BasicPkt, got ${packet.command}`);
    return packet;
  }

  /** Packets that were received and not read yet. */
  get unread(): readonly Packet[] {
    return this.#packets;
  }

  /** How the connection ends. */
  get ended(): Promise<CloseInfo> {
    return within(this.conn.closed, "the end of the connection");
  }

  close(): Promise<void> {
    return this.conn.close();
  }
}
