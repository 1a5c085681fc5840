import { isBytes } from "@im/transport-core/internal";
import type { AnyBodyCodec } from "@im/wire";
import { GatewayError } from "./gateway-error.js";

const EMPTY = /* @__PURE__ */ new Uint8Array(0);

/**
 * The bytes of a body: bytes as they are, anything else by the codec, undefined as none.
 *
 * @throws `IM_ERR_GATEWAY_ARGUMENT`, what the codec throws
 */
export function encodeBody(codec: AnyBodyCodec | undefined, command: string, body: unknown): Uint8Array {
  if (isBytes(body)) return body;
  if (codec) return codec.encode(body as never);
  if (body === undefined) return EMPTY;
  const what = `the body of ${command} must be a Uint8Array or absent, since the command map has no codec for it`;
  throw new GatewayError("IM_ERR_GATEWAY_ARGUMENT", what);
}
