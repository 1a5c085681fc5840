import type { RedisListener, RedisSubscription } from "./redis.js";

/** How long Redis may take to confirm the end of a subscription. */
const CLOSE_WAIT_MS = 1_000;

/** A new connection of either client, for one subscription. */
export interface SubscribingConnection {
  /** Connects and subscribes. */
  open(listener: RedisListener): Promise<unknown>;
  unsubscribe(): Promise<unknown>;
  /** Closes the connection at once. */
  destroy(): void;
}

/** What both clients have in common: a subscription is lost or closed once, and its listener hears nothing after that. */
export async function openSubscription(
  connection: SubscribingConnection,
  { receive, lost }: RedisListener,
  signal: AbortSignal,
): Promise<RedisSubscription> {
  let state: "opening" | "open" | "over" = "opening";
  const end = () => {
    state = "over";
    connection.destroy();
  };
  const opening = connection.open({
    receive: (message) => {
      if (state !== "over") receive(message);
    },
    lost: (error) => {
      if (state !== "open") return;
      end();
      lost(error);
    },
  });
  try {
    await unlessAborted(opening, signal);
  } catch (error) {
    end();
    throw error;
  }
  state = "open";
  return {
    close: async () => {
      if (state === "over") return;
      state = "over";
      const confirmed = unlessAborted(connection.unsubscribe(), AbortSignal.timeout(CLOSE_WAIT_MS));
      await confirmed.catch(() => {}).finally(end);
    },
  };
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, aborted]);
}
