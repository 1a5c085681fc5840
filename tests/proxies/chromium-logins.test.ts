import type { Authenticate } from "@im/gateway";
import { createCertificate } from "@im/test-support/certificate";
import { describe, expect, it, onTestFinished } from "vitest";
import { chromium } from "../browser/browsers/chromium.js";
import type { Program } from "../browser/page/im-client-page.js";
import { startGateway } from "../browser/support/gateway.js";
import { inEachBrowser } from "../browser/support/in-each-browser.js";
import { nginx } from "./proxies/nginx.js";
import { documentedUpstreams, routes } from "./proxies/proxy.js";
import { CLIENT_HOST, fromClientHost } from "./support/client-host.js";

declare const program: Program;

const accountOf: Readonly<Record<string, string>> = { d3b07384: "alice", c157a79: "bob" };

/** The account of the cookie or, without one, of the query: the token does not count. */
const authenticate: Authenticate<undefined> = (_login, { handshake: { request } }) => {
  const account = accountOf[request?.cookies.get("session") ?? request?.query.get("ticket") ?? ""];
  return account === undefined ? undefined : { account };
};

/** A gateway behind nginx, until the end of the test, and its address for a page. */
async function startBehindNginx() {
  const { gateway, port } = await startGateway(0, { authenticate, server: { trustedProxies: ["127.0.0.1"] } });
  const upstreams = new Map(documentedUpstreams.map((address) => [address, `127.0.0.1:${port}`]));
  const certificate = await createCertificate();
  const proxy = await nginx.start({ upstreams, certificate, idleSeconds: 60, drainSeconds: 60 });
  onTestFinished(() => proxy.stop());
  return { gateway, address: await fromClientHost(proxy.address(routes.ws)) };
}

const logins = [
  {
    by: "the session cookie, which no script can read",
    cookie: "session=d3b07384; HttpOnly",
    query: "",
    account: "alice",
  },
  { by: "the query", cookie: "session=; Max-Age=0", query: "/?ticket=c157a79", account: "bob" },
];

describe.skipIf(!nginx.isInstalled)("a page behind nginx", () => {
  inEachBrowser(
    "signs in",
    "im-client-page.ts",
    ({ openPage }) => {
      it.each(logins)("by $by, and its session has its address", async ({ cookie, query, account }) => {
        const { gateway, address } = await startBehindNginx();
        const page = await openPage({ headers: { "set-cookie": cookie } });
        expect(await page.evaluate((url) => program.connect(url), `${address}${query}`)).toBe(account);
        expect(await gateway.presence.where(account)).toMatchObject([{ remoteIp: CLIENT_HOST }]);
        expect(await page.evaluate(() => program.ask(10, 2))).toBe(10);
        await page.evaluate(() => program.close());
      });
    },
    [chromium],
  );
});
