import { once } from "node:events";
import { createServer, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** Where all its clients connect from, as it says: an address that none of them has here. */
export const CLIENT_HOST = "203.0.113.9";
/** Where it connects from itself. */
export const PROXY_HOST = "127.0.0.3";

/**
 * A reverse proxy for upgrades, until the end of the test, which adds the address of the client to X-Forwarded-For as nginx does.
 *
 * @returns its port
 */
export async function startHttpProxy(targetPort: number): Promise<number> {
  const proxy = createServer();
  proxy.on("upgrade", ({ url, headers }, client, head) => {
    const before = headers["x-forwarded-for"];
    const hops = before === undefined ? CLIENT_HOST : `${before}, ${CLIENT_HOST}`;
    const upstream = sendRequest({
      host: "127.0.0.1",
      port: targetPort,
      localAddress: PROXY_HOST,
      path: url,
      headers: { ...headers, "x-forwarded-for": hops },
    });
    upstream.on("upgrade", (response, server, rest) => {
      const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}`);
      client.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
      client.write(rest);
      server.write(head);
      client.pipe(server).pipe(client);
      client.on("error", () => server.destroy()).on("close", () => server.destroy());
      server.on("error", () => client.destroy()).on("close", () => client.destroy());
    });
    upstream.on("response", ({ statusCode, statusMessage }) => {
      client.end(`HTTP/1.1 ${statusCode} ${statusMessage}\r\nConnection: close\r\n\r\n`);
    });
    upstream.on("error", () => client.destroy());
    upstream.end();
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void proxy.close().closeAllConnections());
  return (proxy.address() as AddressInfo).port;
}
