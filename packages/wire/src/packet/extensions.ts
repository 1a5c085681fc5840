// Extensions of the protocol travel in fields that kim ignores, and only after both sides have named them.

/** A client names an extension that it knows by this and its name, in the tags of its LoginReq. */
const TAG_PREFIX = "im.ext:";

/** The extensions that exist. */
export const Extension = {
  /** Requests may carry an idempotency key: repeated with the same key, they run once. */
  Idempotency: "idem",
  /** A sign-in names the `connect` call it belongs to, so a client that reconnects by itself displaces only itself. */
  Reconnect: "reconnect",
} as const;

/** Meta keys of extensions. */
export const extensionMetaKeys = {
  /** In the response of login.signin: one string meta of this key for each extension that the gateway confirms. */
  confirmed: "im.ext",
  /** In a request, once `idem` is confirmed: its idempotency key, a string of 1 … {@link MAX_IDEMPOTENCY_KEY_LENGTH} UTF-16 units. */
  idempotencyKey: "im.idem",
  /** In a response that refuses the sign-in: an int, the milliseconds that the client should wait. */
  retryAfterMs: "im.retry-after-ms",
  /**
   * In a request login.signin that names `reconnect`, as the application asks for it: the id of this `connect`, a string of
   * 1 … {@link MAX_CONNECT_ID_LENGTH} UTF-16 units. It displaces the session that has the same id.
   */
  connectId: "im.connect",
  /** The same id, once the gateway has confirmed `reconnect`, in a sign-in that the client makes by itself. */
  reconnectId: "im.reconnect",
  /**
   * In a request login.signin: which of the account's devices this is, a string of 1 … {@link MAX_DEVICE_LENGTH} UTF-16 units.
   * It needs no confirmation: a gateway that does not know it decides by itself.
   */
  device: "im.device",
  /** In a response SessionNotFound of the gateway's own: a string, how the session ended, such as {@link KICKED_OUT}. */
  sessionOver: "im.session-over",
} as const;

/** Of an idempotency key, in UTF-16 units. */
export const MAX_IDEMPOTENCY_KEY_LENGTH = 128;

/** Of the id of a `connect`, in UTF-16 units. */
export const MAX_CONNECT_ID_LENGTH = 128;

/** Of a device in a sign-in, in UTF-16 units. */
export const MAX_DEVICE_LENGTH = 128;

/** How a session ended that a newer one displaced. */
export const KICKED_OUT = "kicked out";

/** The tag of LoginReq that names an extension. */
export function extensionTag(name: string): string {
  return TAG_PREFIX + name;
}

/** The extensions that the tags of a LoginReq name, each once; other tags are left to the application. */
export function extensionsOf(tags: readonly string[]): ReadonlySet<string> {
  const named = tags.filter((tag) => tag.startsWith(TAG_PREFIX)).map((tag) => tag.slice(TAG_PREFIX.length));
  return new Set(named);
}
