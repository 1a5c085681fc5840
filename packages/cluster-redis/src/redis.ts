/** An argument of a command. Text is sent as UTF-8. */
export type RedisArgument = string | Buffer;

/** A subscription on a connection of its own. */
export interface RedisSubscription {
  /** Ends it: `receive` and `lost` are not called any more. Resolves when Redis has confirmed it, or the connection is closed. */
  close(): Promise<void>;
}

/** What a subscription calls. */
export interface RedisListener {
  /** A message, in the order in which Redis sends them. The bytes are the listener's. */
  receive(message: Buffer): void;
  /** The connection of a subscription that was open is lost. */
  lost(error: unknown): void;
}

/**
 * What the ports need of a Redis client. `nodeRedis` and `ioRedis` make it from a client of the application, for one server or
 * for a Redis Cluster.
 */
export interface Redis {
  /** Whether keys with different hash tags may be on different servers. */
  readonly isCluster: boolean;
  /**
   * Sends a command to the server that has the key or sharded channel. It never waits for a connection, and is never sent
   * twice. Commands for one key run in the order of the calls.
   *
   * @returns the reply, with strings as Buffers
   */
  send(key: string, command: readonly RedisArgument[]): Promise<unknown>;
  /**
   * Subscribes to a sharded channel, on a new connection with the settings of the client. It does not reconnect by itself.
   *
   * @param signal gives up an attempt; ignored once the subscription is open
   */
  subscribe(channel: string, listener: RedisListener, signal: AbortSignal): Promise<RedisSubscription>;
}
