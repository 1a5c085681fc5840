import { UnfitValue, unfit } from "../protobuf/field-kind.js";
import { decodeUtf8 } from "../protobuf/utf8.js";
import { checkBodyBytes, unreadableBody, unwritableBody } from "./body-error.js";
import type { BodyCodec } from "./command-map.js";

const encoder = /* @__PURE__ */ new TextEncoder();

/**
 * The codec of bodies that are JSON in UTF-8. `T` is a promise of the two sides to each other: what is decoded is not
 * checked against it. JSON has no 64-bit integers, so an id of 64 bits travels as a string (`String(id)`, `BigInt(text)`).
 *
 * `encode` throws IM_ERR_BODY_INVALID for what has no JSON: a bigint, whose field the message names, a cycle, undefined.
 * `decode` throws it for bytes that are no JSON, and IM_ERR_WIRE_ARGUMENT for what is no Uint8Array.
 */
export function jsonCodec<T>(): BodyCodec<T> {
  return { encode: encodeJson, decode: (body) => decodeJson(body) as T };
}

function encodeJson(value: unknown): Uint8Array {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (cause) {
    throw unwritableBody("JSON", firstBigint(value) ?? cause);
  }
  if (json === undefined) throw unwritableBody("JSON", new UnfitValue(`${typeof value} has no JSON`));
  return encoder.encode(json);
}

function decodeJson(body: Uint8Array): unknown {
  checkBodyBytes(body);
  try {
    return JSON.parse(decodeUtf8(body, 0, body.length));
  } catch (cause) {
    throw unreadableBody("JSON", cause);
  }
}

/** Names the first bigint in a value that `JSON.stringify` has refused. */
function firstBigint(value: unknown): UnfitValue | undefined {
  const paths = new Map<unknown, string>();
  let found: UnfitValue | undefined;
  function visit(this: unknown, key: string, member: unknown): unknown {
    const owner = paths.get(this);
    const path = owner ? `${owner}.${key}` : key;
    if (typeof member === "bigint") {
      found ??= unfit(path || "it", "a string (JSON has no 64-bit integers)", member);
      return undefined;
    }
    paths.set(member, path);
    return member;
  }
  try {
    JSON.stringify(value, visit);
  } catch {
    // A cycle, or an error of a toJSON: the caller has it.
  }
  return found;
}
