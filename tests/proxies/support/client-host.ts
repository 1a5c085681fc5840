import { startFaultProxy } from "@im/transport-compliance/fault-proxy";
import { onTestFinished } from "vitest";

/** None of the addresses that the gateways trust. */
export const CLIENT_HOST = "127.0.0.9";

/** Passes connections on from the address of the client, until the end of the test. @returns the address for dialers */
export async function fromClientHost(address: string): Promise<string> {
  const { hostname: host, port } = new URL(address);
  const relay = await startFaultProxy({ target: { host, port: Number(port), localAddress: CLIENT_HOST } });
  onTestFinished(() => relay.close());
  return address.replace(port, String(relay.port));
}
