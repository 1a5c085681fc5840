import type { Authenticate } from "@im/gateway";
import { expect, it } from "vitest";
import type { Program } from "./page/im-client-page.js";
import { startGateway } from "./support/gateway.js";
import { CLIENT_HOST, PROXY_HOST, startHttpProxy } from "./support/http-proxy.js";
import { inEachBrowser } from "./support/in-each-browser.js";

declare const program: Program;

const accountOf: Readonly<Record<string, string>> = { d3b07384: "alice", c157a79: "bob" };

/** The account of the cookie or, without one, of the query: the token does not count. */
const authenticate: Authenticate<undefined> = (_login, { handshake: { request } }) => {
  const account = accountOf[request?.cookies.get("session") ?? request?.query.get("ticket") ?? ""];
  return account === undefined ? undefined : { account };
};

inEachBrowser("a login by the upgrade request, through a proxy", "im-client-page.ts", ({ openPage }) => {
  async function startBehindProxy() {
    const { gateway, port } = await startGateway(0, { authenticate, server: { trustedProxies: [PROXY_HOST] } });
    return { gateway, address: `ws://127.0.0.1:${await startHttpProxy(port)}` };
  }

  it("has the account of the session cookie, which no script can read, and the address of the client", async () => {
    const { gateway, address } = await startBehindProxy();
    const page = await openPage({ headers: { "set-cookie": "session=d3b07384; HttpOnly; SameSite=Strict" } });
    expect(await page.evaluate((url) => program.connect(url), address)).toBe("alice");
    expect(await gateway.presence.where("alice")).toMatchObject([{ remoteIp: CLIENT_HOST }]);
    expect(await page.evaluate(() => program.ask(10, 2))).toBe(10);
    await page.evaluate(() => program.close());
  });

  it("has the account of the query, and the address of the client", async () => {
    const { gateway, address } = await startBehindProxy();
    const page = await openPage({ headers: { "set-cookie": "session=; Max-Age=0" } });
    expect(await page.evaluate((url) => program.connect(url), `${address}/?ticket=c157a79`)).toBe("bob");
    expect(await gateway.presence.where("bob")).toMatchObject([{ remoteIp: CLIENT_HOST }]);
    await page.evaluate(() => program.close());
  });
});
