import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Recorder } from "@im/test-support/recorder";
import { loginByName, type WatchedServer } from "@im/test-support/watched-server";
import type { HandshakeInfo } from "@im/transport-core";
import { describe, expect, it, vi } from "vitest";
import type { WsServerOptions } from "../src/index.js";
import { connect, dial, expectToServeAGoodClient, loggedIn, start, upgradeRequest } from "./support/raw-ws.js";

/** A server that writes down the handshake of each login. */
async function watchLogins(
  options: WsServerOptions = {},
): Promise<WatchedServer & { logins: Recorder<HandshakeInfo> }> {
  const logins = new Recorder<HandshakeInfo>("logins");
  const watched = await start({
    ...options,
    acceptor: {
      accept(conn, acceptOptions) {
        logins.add(acceptOptions.handshake);
        return loginByName.accept(conn, acceptOptions);
      },
    },
  });
  return { ...watched, logins };
}

async function requestOf(path: string, headers: Record<string, string>, options?: WsServerOptions) {
  const { port, logins } = await watchLogins(options);
  const peer = await connect(port);
  peer.send(upgradeRequest(path, headers));
  return (await logins.next()).request!;
}

describe("the login of a WebSocket connection sees its upgrade request:", () => {
  it("the target with its query, decoded", async () => {
    const { url, query } = await requestOf("/im?token=a%20b&room=1&room=2", {});
    expect(url).toBe("/im?token=a%20b&room=1&room=2");
    expect(query.get("token")).toBe("a b");
    expect(query.getAll("room")).toEqual(["1", "2"]);
  });

  it("an empty query, if the target has none", async () => {
    const { query, cookies } = await requestOf("/im#?token=a", {});
    expect([...query]).toEqual([]);
    expect([...cookies]).toEqual([]);
  });

  it("the headers, by names in lower case", async () => {
    const { headers } = await requestOf("/", { Authorization: "Bearer me" });
    expect(headers.authorization).toBe("Bearer me");
  });

  it.each<[string, string, [string, string][]]>([
    [
      "in their order",
      "a=1; b=2",
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    [
      "percent-decoded",
      "a=%C3%A4%3D; b=100%",
      [
        ["a", "ä="],
        ["b", "100%"],
      ],
    ],
    [
      "without quotes",
      'a="1 2"; b="',
      [
        ["a", "1 2"],
        ["b", '"'],
      ],
    ],
    ["the first of several with one name", "a=1; a=2", [["a", "1"]]],
    ["with = in their values", "a=b=c", [["a", "b=c"]]],
    [
      "without pairs that have no name and value",
      "a; b=1; ;=",
      [
        ["b", "1"],
        ["", ""],
      ],
    ],
    [
      "with names of object members",
      "__proto__=1; constructor=2",
      [
        ["__proto__", "1"],
        ["constructor", "2"],
      ],
    ],
  ])("the cookies, %s", async (_, cookie, expected) => {
    const { cookies } = await requestOf("/", { Cookie: cookie });
    expect([...cookies]).toEqual(expected);
  });

  it("what verifyUpgrade has found out", async () => {
    const verifyUpgrade: WsServerOptions["verifyUpgrade"] = async ({ headers }) =>
      headers["x-token"] === "good" ? { data: { account: "alice" } } : 401;
    const { port, logins } = await watchLogins({ verifyUpgrade });
    const bad = await connect(port);
    bad.send(upgradeRequest("/", { "X-Token": "bad" }));
    expect(await bad.head()).toMatch(/^HTTP\/1\.1 401 /);
    const good = await connect(port);
    good.send(upgradeRequest("/", { "X-Token": "good" }));
    expect((await logins.next()).request!.data).toEqual({ account: "alice" });
    expect(logins.all).toHaveLength(1);
  });

  it("no data, if verifyUpgrade only lets it in", async () => {
    expect((await requestOf("/", {}, { verifyUpgrade: () => true })).data).toBeUndefined();
  });

  it("no TLS, if there is none", async () => {
    const watched = await watchLogins();
    await expectToServeAGoodClient(watched);
    expect((await watched.logins.next()).tls).toBeUndefined();
  });
});

it("the server does not keep the request after the login", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const requests: WeakRef<object>[] = [];
  const watched = await start({
    acceptor: {
      accept(conn, options) {
        requests.push(new WeakRef(options.handshake.request!));
        return loginByName.accept(conn, options);
      },
    },
  });
  await loggedIn(watched);
  await vi.waitFor(() => {
    collectGarbage();
    expect(requests.map((request) => request.deref())).toEqual([undefined]);
  });
});

describe("the agreed subprotocol", () => {
  it("is that of the Conn on both sides, and of the Channel", async () => {
    const { server, admitted } = await start({ protocols: ["im.v2", "im.v1"], acceptor: { accept: () => "alice" } });
    const conn = await dial({ server }, { protocols: ["im.v1", "im.v2"] });
    expect(conn.subprotocol).toBe("im.v2");
    expect((await admitted.next()).subprotocol).toBe("im.v2");
  });

  it("is empty if there is none", async () => {
    const { server, admitted } = await start({ protocols: ["im.v2"], acceptor: { accept: () => "alice" } });
    expect((await dial({ server })).subprotocol).toBe("");
    expect((await admitted.next()).subprotocol).toBe("");
  });
});
