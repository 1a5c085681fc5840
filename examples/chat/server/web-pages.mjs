// Serves the built page, the addresses of the chat, and tokens of the development login.
import { readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { logIn } from "./development-login.mjs";

const folder = fileURLToPath(new URL("../dist/page/", import.meta.url));
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** The browser runs the files of this server only, lets them connect to this server only, and parses no text as HTML. */
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-cache",
};

/** Answers requests of `node:http`. */
export function webPages({ people, tokens, tcpAddress }) {
  const files = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = `${entry.parentPath}/${entry.name}`.replaceAll("//", "/");
    files.set(`/${path.slice(folder.length)}`, { type: types[extname(path)], content: readFileSync(path) });
  }
  files.set("/", files.get("/index.html"));

  const answer = async (request, send) => {
    const host = `127.0.0.1:${request.socket.localPort}`;
    const [pathname] = request.url.split("?", 1);
    const sendJson = (value) => send(200, "application/json", JSON.stringify(value));
    // Another site must not reach this server through a host name of its own.
    if (request.headers.host !== host) return send(403, "text/plain", `open http://${host}/ instead`);
    // Nor may its page send requests here. Programs other than browsers name no origin.
    const { origin = `http://${host}` } = request.headers;
    if (origin !== `http://${host}`) return send(403, "text/plain", "only pages of this server may ask it");
    if (request.method === "POST" && pathname === "/development-login") {
      const account = await logIn(request, people);
      if (account === undefined) return send(400, "text/plain", "an account has 1 to 40 characters");
      return sendJson({ token: await tokens.sign(account) });
    }
    if (pathname === "/where.json") return sendJson({ people: await people.all(), tcp: tcpAddress() });
    const file = files.get(pathname);
    return file ? send(200, file.type, file.content) : send(404, "text/plain", "there is no such page");
  };

  return async (request, response) => {
    const send = (status, type, content) =>
      response.writeHead(status, { ...headers, "content-type": type }).end(content);
    try {
      await answer(request, send);
    } catch (error) {
      console.error(error.message); // Redis is away.
      send(503, "text/plain", "try again later");
    }
  };
}
