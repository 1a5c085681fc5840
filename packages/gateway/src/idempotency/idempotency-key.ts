import { getMetaString } from "@im/wire";
import { Extension, extensionMetaKeys, MAX_IDEMPOTENCY_KEY_LENGTH } from "@im/wire/codec";
import type { IdempotencyKey } from "../ports/idempotency-store.js";
import type { HandledRequest } from "../routing/handled-request.js";

/** The idempotency key of a request; a message for the peer if it is invalid; undefined if there is none. */
export function idempotencyKeyOf({ session, packet, command }: HandledRequest): IdempotencyKey | string | undefined {
  if (!session.extensions.has(Extension.Idempotency)) return undefined;
  let key: string | undefined;
  try {
    key = getMetaString(packet, extensionMetaKeys.idempotencyKey);
  } catch {
    return "the idempotency key must be a string";
  }
  if (key === undefined) return undefined;
  if (key === "" || key.length > MAX_IDEMPOTENCY_KEY_LENGTH)
    return `the idempotency key must have 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} units`;
  return { account: session.account, command, key };
}
