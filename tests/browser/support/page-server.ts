import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";

export interface PageOptions {
  /** Headers of the page, such as its policy. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it comes by `https:`. */
  readonly isSecure?: boolean;
}

const DOCUMENT = `<!doctype html><link rel="icon" href="data:,"><script src="/errors.js"></script>
<script type="module" src="/program.js"></script>`;

/** What nobody has caught, however the browser's driver would tell it. */
const ERRORS = `globalThis.pageErrors = [];
addEventListener("error", (event) => pageErrors.push(event.message));
addEventListener("unhandledrejection", (event) => pageErrors.push(String(event.reason?.stack ?? event.reason)));`;

/** Serves a page that runs the program, and an empty one at `/elsewhere`. */
export async function servePage(script: string, { headers = {}, isSecure = false }: PageOptions) {
  const answers: Record<string, [type: string, text: string]> = {
    "/": ["text/html", DOCUMENT],
    "/elsewhere": ["text/html", "<!doctype html><title>elsewhere</title>"],
    "/errors.js": ["text/javascript", ERRORS],
    "/program.js": ["text/javascript", script],
  };
  const answer: RequestListener = (request, response) => {
    const [type, text] = answers[request.url ?? ""] ?? ["text/plain", ""];
    response.writeHead(200, { "content-type": type, ...headers }).end(text);
  };
  const server = isSecure ? createHttpsServer(await certificate(), answer) : createHttpServer(answer);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `${isSecure ? "https" : "http"}://127.0.0.1:${port}/`,
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function certificate() {
  const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }]);
  return { key, cert };
}
