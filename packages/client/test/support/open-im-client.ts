import { createImClient, type ImClient, type ImClientOptions } from "@im/client";
import type { CommandMap } from "@im/wire";
import { onTestFinished } from "vitest";
import type { TestGateway } from "./test-gateway.js";
import { tcp } from "./transports.js";

/** Does not wait long, so that tests do not. */
export const hasty = { baseMs: 20, capMs: 100, stableMs: 50 };
/** For gateways that do not end their sockets. */
const CLOSE_WAIT_MS = 100;

/** A client of the gateway that is not connected yet, and is closed at the end of the test. */
export function openImClient<const Commands extends CommandMap = Record<never, never>>(
  { address }: Pick<TestGateway, "address">,
  options: Partial<ImClientOptions<Commands>> = {},
): ImClient<Commands> {
  const client = createImClient<Commands>({
    dialer: tcp.dialer({ closeWaitMs: CLOSE_WAIT_MS }),
    addresses: address,
    token: "alice",
    reconnect: hasty,
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}
