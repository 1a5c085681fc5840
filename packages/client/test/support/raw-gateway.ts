import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createResponse, type LogicPkt, MetaType, marshal, type Packet, read } from "@im/wire";
import { Extension, encodeLoginResp, extensionMetaKeys } from "@im/wire/codec";
import { onTestFinished } from "vitest";

/** kim's TCP framing: opcode, length in 32 bits, payload. */
export function frame(opCode: number, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.from([opCode, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

export function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return frame(8, payload);
}

interface RawGatewayOptions {
  /** The account of each connection, counted from 0. @default "alice" by each */
  readonly accounts?: readonly string[];
  /** Sent in one write with the answer to the sign-in of which connection. */
  readonly glued?: readonly Buffer[];
}

/**
 * A gateway of nothing but bytes on TCP, which echoes requests but for `a.mute`. It never ends a socket by itself, whatever
 * was said on it.
 */
export async function startRawGateway({ accounts = [], glued = [] }: RawGatewayOptions = {}) {
  const sockets: Socket[] = [];
  const requests: LogicPkt[] = [];
  const received = (socket: Socket, index: number, packet: Packet) => {
    if (packet.kind !== "logic") return;
    const say = (answer: Packet, more: Buffer = Buffer.alloc(0)) =>
      socket.write(Buffer.concat([frame(2, marshal(answer)), more]));
    if (packet.command !== "login.signin") {
      requests.push(packet);
      if (packet.command !== "a.mute") say(createResponse(packet, { body: packet.body }));
      return;
    }
    const body = encodeLoginResp({ channelId: `c${index}`, account: accounts[index] ?? "alice" });
    const meta = [{ key: extensionMetaKeys.confirmed, value: Extension.Idempotency, type: MetaType.String }];
    say(createResponse(packet, { body, meta }), glued[index]);
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const index = sockets.push(socket) - 1;
    let rest: Buffer = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
        const end = 5 + rest.readUInt32BE(1);
        if (rest[0] === 2) received(socket, index, read(new Uint8Array(rest.subarray(5, end))));
        rest = rest.subarray(end);
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { address: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, requests };
}
