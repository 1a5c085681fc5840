import { Extension, extensionMetaKeys, getMetaString, type LogicPkt, MAX_CONNECT_ID_LENGTH } from "@im/wire";

/** Which `connect` of its application a sign-in belongs to. */
export interface ConnectId {
  /** Empty if the client does not say. */
  readonly connectId: string;
  /** Whether the client comes back by itself. */
  readonly isReconnect: boolean;
}

/** What a sign-in says of its `connect`; words for the peer if that is no id. */
export function connectIdOf(signIn: LogicPkt, extensions: ReadonlySet<string>): ConnectId | string {
  if (!extensions.has(Extension.Reconnect)) return { connectId: "", isReconnect: false };
  let again: string | undefined;
  let first: string | undefined;
  try {
    again = getMetaString(signIn, extensionMetaKeys.reconnectId);
    first = getMetaString(signIn, extensionMetaKeys.connectId);
  } catch {
    return "the id of a connect must be a string";
  }
  const connectId = again ?? first;
  if (connectId === undefined) return { connectId: "", isReconnect: false };
  if (connectId !== "" && connectId.length <= MAX_CONNECT_ID_LENGTH) {
    return { connectId, isReconnect: again !== undefined };
  }
  return `the id of a connect must have 1 to ${MAX_CONNECT_ID_LENGTH} units`;
}
