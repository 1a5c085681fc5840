import type { IncomingMessage } from "node:http";
import type { RefusalReason } from "@im/transport-core";
import { describe, expect, it, vi } from "vitest";
import type { WsServerOptions } from "../src/index.js";
import { frame } from "./support/raw-frames.js";
import { connect, dial, expectToServeAGoodClient, start, upgradeRequest } from "./support/raw-ws.js";

/** The status that an upgrade with these headers gets. */
async function statusFor(port: number, headers: Record<string, string> = {}): Promise<number> {
  const peer = await connect(port);
  peer.send(upgradeRequest("/", headers));
  return Number((await peer.head()).split(" ")[1]);
}

async function guarded(options: WsServerOptions) {
  const refused: RefusalReason[] = [];
  return { refused, ...(await start({ ...options, hooks: { refused: (why) => refused.push(why) } })) };
}

describe("origins", () => {
  it("as a list let in their own pages, in any case, and clients that send no origin; others get 403", async () => {
    const { port, refused } = await guarded({ origins: ["https://chat.example", "https://Admin.example:8443"] });
    expect(await statusFor(port, { Origin: "https://chat.example" })).toBe(101);
    expect(await statusFor(port, { Origin: "HTTPS://admin.EXAMPLE:8443" })).toBe(101);
    expect(await statusFor(port)).toBe(101);
    for (const origin of ["https://chat.example.evil", "http://chat.example", "https://chat.example:444", "null"]) {
      expect(await statusFor(port, { Origin: origin }), origin).toBe(403);
    }
    expect(refused).toEqual(["origin", "origin", "origin", "origin"]);
  });

  it("as a function are its own decision, also about clients that send no origin", async () => {
    const { port } = await guarded({ origins: (origin) => origin?.endsWith(".example") ?? false });
    expect(await statusFor(port, { Origin: "https://any.example" })).toBe(101);
    expect(await statusFor(port)).toBe(403);
  });

  it("that give no verdict at once let no client in", async () => {
    const origins = (async () => true) as unknown as () => boolean;
    const watched = await guarded({ origins });
    expect(await statusFor(watched.port)).toBe(500);
    expect(await watched.errors.next()).toMatchObject({ during: "upgrade", error: { code: "IM_ERR_INVALID_OPTION" } });
  });

  it("that throw are reported, and answered 500 without the reason", async () => {
    const watched = await guarded({
      origins: () => {
        throw new Error("secret");
      },
    });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest());
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n(?!.*secret)/s);
    expect(await watched.errors.next()).toMatchObject({ during: "upgrade", error: { message: "secret" } });
  });
});

describe("verifyUpgrade", () => {
  it("sees the request before it is answered", async () => {
    const verifyUpgrade = vi.fn((request: IncomingMessage) => request.headers["x-token"] === "good" || 401);
    const { port, refused } = await guarded({ verifyUpgrade });
    expect(await statusFor(port, { "X-Token": "good" })).toBe(101);
    expect(await statusFor(port, { "X-Token": "bad" })).toBe(401);
    expect(verifyUpgrade).toHaveBeenCalledTimes(2);
    expect(refused).toEqual(["verify-upgrade"]);
  });

  it("is not asked about an origin that is refused", async () => {
    const verifyUpgrade = vi.fn(() => true);
    const { port } = await guarded({ origins: [], verifyUpgrade });
    expect(await statusFor(port, { Origin: "https://evil.example" })).toBe(403);
    expect(verifyUpgrade).not.toHaveBeenCalled();
  });

  it("may take its time: what the peer has sent meanwhile is kept", async () => {
    const { port, messages } = await guarded({
      verifyUpgrade: () => new Promise((resolve) => setImmediate(resolve, true)),
    });
    const peer = await connect(port);
    peer.send(upgradeRequest(), frame(2, "alice"));
    await peer.head();
    peer.send(frame(2, "hello"));
    expect(await messages.next()).toMatchObject({ id: "alice", text: "hello" });
  });

  it.each<[string, () => unknown, number]>([
    ["gives false", () => false, 403],
    ["gives a status", () => Promise.resolve(451), 451],
    [
      "throws",
      () => {
        throw new Error("secret");
      },
      500,
    ],
    ["rejects", () => Promise.reject(new Error("secret")), 500],
    ["gives nothing", () => undefined, 500],
    ["gives a status of success", () => 200, 500],
  ])("that %s refuses", async (_, verifyUpgrade, status) => {
    const watched = await guarded({ verifyUpgrade: verifyUpgrade as () => boolean });
    expect(await statusFor(watched.port)).toBe(status);
    expect(watched.refused).toEqual(["verify-upgrade"]);
    if (status === 500) expect(await watched.errors.next()).toMatchObject({ during: "upgrade" });
    expect(watched.errors.all.length).toBe(status === 500 ? 1 : 0);
  });

  it("that never settles ends with the login wait, and harms no other", async () => {
    let calls = 0;
    const watched = await guarded({
      loginWaitMs: 300,
      verifyUpgrade: () => (++calls === 1 ? new Promise<boolean>(() => {}) : true),
    });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest());
    await expectToServeAGoodClient(watched);
    await peer.ended();
    // Told when the server's side is closed, too.
    await vi.waitFor(() => expect(watched.refused).toEqual(["login-timeout"]));
  });

  it("whose peer resets meanwhile harms no other", async () => {
    let tell = () => {};
    const asked = new Promise<void>((resolve) => {
      tell = resolve;
    });
    let answer = (_: boolean) => {};
    const watched = await guarded({
      verifyUpgrade: ({ headers }) => {
        if (headers["x-slow"] === undefined) return true;
        tell();
        return new Promise<boolean>((resolve) => {
          answer = resolve;
        });
      },
    });
    const peer = await connect(watched.port);
    peer.send(upgradeRequest("/", { "X-Slow": "yes" }));
    await asked;
    peer.reset();
    await expectToServeAGoodClient(watched);
    answer(true);
    await expectToServeAGoodClient(watched);
  });

  it("lets our dialer send what it looks at", async () => {
    const watched = await guarded({ verifyUpgrade: ({ headers }) => headers.authorization === "Bearer me" });
    await expect(dial(watched)).rejects.toMatchObject({ code: "IM_ERR_HANDSHAKE" });
    await dial(watched, { headers: { Authorization: "Bearer me" } });
  });
});
