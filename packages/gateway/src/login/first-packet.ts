import { type Conn, OpCode, TransportError } from "@im/transport-core";
import { readMessage } from "@im/transport-core/internal";
import { BasicCode, WireError } from "@im/wire";
import { type LogicPktView, scan } from "@im/wire/codec";
import { GatewayCloseCode } from "../gateway-close-code.js";
import { PONG } from "../pong.js";

/**
 * The first LogicPkt of a connection; heartbeats before it are answered.
 *
 * @throws `IM_ERR_LOGIN_REFUSED` if a message is not a packet, `IM_ERR_CLOSED` if the connection ends or the login wait is over
 */
export async function firstPacket(conn: Conn): Promise<LogicPktView> {
  for (;;) {
    const { payload } = await readMessage(conn);
    const packet = packetOf(payload);
    if (packet.kind === "logic") return packet;
    if (packet.code === BasicCode.Ping) conn.writeFrame(OpCode.Binary, PONG);
  }
}

function packetOf(payload: Uint8Array) {
  try {
    const packet = scan(payload);
    // Strings are decoded on access: an invalid one throws here.
    if (packet.kind === "logic") void [packet.command, packet.channelId, packet.dest];
    return packet;
  } catch (cause) {
    const words = cause instanceof WireError ? cause.message : "the message is not a packet";
    throw new TransportError("IM_ERR_LOGIN_REFUSED", words, { cause, closeCode: GatewayCloseCode.InvalidPacket });
  }
}
