import { checkDataOpCode } from "../conn/conn-errors.js";
import type { Channel } from "../contract/channel.js";
import { OpCode } from "../contract/frame.js";
import type { MessageListener } from "../contract/message-listener.js";
import type { CloseInfo } from "../errors.js";
import type { ChannelConn } from "./channel-conn.js";
import type { ChannelSettings } from "./channel-settings.js";
import { ReadLoop } from "./read-loop.js";

const NO_META: Channel["meta"] = /* @__PURE__ */ Object.freeze({});

/**
 * The Channel over any Conn: an identity, meta, and a read loop. Users hold it, so its members are those of the contract;
 * what the server does with it besides is static.
 */
export class FramedChannel extends ReadLoop implements Channel {
  readonly id: string;
  readonly meta: Channel["meta"];
  readonly #conn: ChannelConn;

  constructor(id: string, conn: ChannelConn, settings: ChannelSettings, meta: Channel["meta"] = NO_META) {
    super(conn, settings);
    this.id = id;
    this.meta = meta;
    this.#conn = conn;
  }

  push(payload: Uint8Array, opCode: OpCode = OpCode.Binary): boolean {
    if (opCode !== OpCode.Binary) checkDataOpCode(opCode);
    return this.#conn.writeFrame(opCode, payload);
  }

  readLoop(listener: MessageListener): Promise<CloseInfo> {
    return new Promise((resolve) => ReadLoop.start(this, listener, { readEnded: (_, info) => resolve(info) }));
  }
}
