import { EMPTY_BYTES } from "@im/transport-core/internal";

/** Codes of a BasicPkt. kim ignores all others; codes from 3 up are for extensions. */
export const BasicCode = { Ping: 1, Pong: 2 } as const;

/** The light packet: heartbeats between client and gateway, without a header. */
export interface BasicPkt {
  readonly kind: "basic";
  /** 0 … 65535, see {@link BasicCode}. */
  readonly code: number;
  /** At most 65535 bytes. Its own length goes on the wire; there is no length to set beside it. */
  readonly body: Uint8Array;
}

/** A BasicPkt around `body`, which is not copied. */
export function createBasicPkt(code: number, body: Uint8Array = EMPTY_BYTES): BasicPkt {
  return { kind: "basic", code, body };
}

/** The heartbeat of a client. */
export const basicPing: BasicPkt = /* @__PURE__ */ createBasicPkt(BasicCode.Ping);

/** The gateway's answer to a heartbeat. */
export const basicPong: BasicPkt = /* @__PURE__ */ createBasicPkt(BasicCode.Pong);
