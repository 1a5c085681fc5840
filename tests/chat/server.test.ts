import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Program } from "../support/program.js";
import { ChatServer } from "./support/chat-server.js";

let server: ChatServer;
beforeAll(async () => {
  server = await ChatServer.start();
});
afterAll(() => server.stop());

/** The status of an answer to a request that names another host. */
function statusFor(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(server.pageUrl, { headers: { host } }, (answer) => resolve(answer.resume().statusCode))
      .on("error", reject)
      .end();
  });
}

const logIn = (body: string, headers = {}) =>
  fetch(new URL("development-login", server.pageUrl), { method: "POST", body, headers });

describe("the server of the chat", () => {
  it("prints its addresses, a login link for two people, the folder of the messages, and a warning about its login", () => {
    const said = server.lines.join("\n");
    expect(said).toMatch(/^READY http:\/\/127\.0\.0\.1:\d+\/ tcp:\/\/127\.0\.0\.1:\d+$/m);
    for (const name of ["alice", "bob"]) expect(said).toContain(`${server.pageUrl}?as=${name}`);
    expect(said).toContain("DEVELOPMENT LOGIN: it asks for no password");
    expect(said).toMatch(/messages +kept in \//);
  });

  it("has a Content-Security-Policy that allows its own files only", async () => {
    const { headers } = await fetch(server.pageUrl);
    const policy = headers.get("content-security-policy")!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it("serves no file outside the page, and refuses other host names", async () => {
    for (const path of ["token-key", "%2e%2e/%2e%2e/package.json", "assets/", "main.ts"]) {
      expect([path, (await fetch(new URL(path, server.pageUrl))).status]).toEqual([path, 404]);
    }
    expect(await statusFor("evil.example")).toBe(403);
  });

  it.each([
    ["no JSON", "alice"],
    ["no account", "{}"],
    ["an empty one", '{"account":" "}'],
    ["one that is too long", JSON.stringify({ account: "a".repeat(41) })],
    ["a megabyte", JSON.stringify({ account: "alice", more: "x".repeat(1_000_000) })],
  ])("refuses a login with %s", async (_, body) => {
    expect((await logIn(body)).status).toBe(400);
  });

  it("refuses a login that a page of another site sends", async () => {
    const [own, foreign] = [new URL(server.pageUrl).origin, "https://evil.example"];
    expect((await logIn('{"account":"mallory"}', { origin: foreign })).status).toBe(403);
    expect((await logIn('{"account":"alice"}', { origin: own })).status).toBe(200);
    const { people } = (await (await fetch(new URL("where.json", server.pageUrl))).json()) as { people: string[] };
    expect(people).not.toContain("mallory");
  });

  it("survives a login that is cut off, and a request for something that is no path", async () => {
    const { hostname, port, host } = new URL(server.pageUrl);
    for (const [head, status] of [
      [`POST /development-login HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100\r\n\r\n{"acc`, undefined],
      [`GET // HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, "HTTP/1.1 404"],
    ] as const) {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.write(head);
      if (status) expect(String((await once(socket, "data"))[0])).toContain(status);
      socket.destroy();
    }
    expect((await fetch(server.pageUrl)).status).toBe(200);
  });

  it("signs tokens with the claims acc, app and exp", async () => {
    const { token } = (await (await logIn('{"account":"alice"}')).json()) as { token: string };
    const [header, claims] = token.split(".").map((part) => Buffer.from(part, "base64url").toString());
    expect(JSON.parse(header!)).toMatchObject({ alg: "HS256" });
    expect(JSON.parse(claims!)).toEqual({ acc: "alice", app: "chat-example", exp: expect.any(Number) });
  });

  it("refuses a folder that another server has, by name", async () => {
    const second = new Program("examples/chat/server/main.mjs", [
      "--data",
      server.folder,
      "--port",
      "0",
      "--tcp-port",
      "0",
    ]);
    expect(await second.exit()).toBe(1);
    expect(second.lines.join("\n")).toContain(server.folder);
  });

  it("with --memory keeps no messages, and exits in order", async () => {
    const inMemory = new Program("examples/chat/server/main.mjs", ["--memory", "--port", "0", "--tcp-port", "0"]);
    await inMemory.line("READY ");
    expect(inMemory.lines.join("\n")).toContain("kept in memory");
    inMemory.process.kill("SIGINT");
    expect(await inMemory.exit()).toBe(0);
    expect(inMemory.lines.at(-1)).toBe("  Bye.");
  });
});
