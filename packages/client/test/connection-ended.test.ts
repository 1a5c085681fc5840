import { describe, expect, it } from "vitest";
import { connectionEnded } from "../src/connection-ended.js";
import { openClient, openServer, spyOnConn } from "./support/open-for-test.js";
import { openImClient } from "./support/open-im-client.js";
import { TestGateway } from "./support/test-gateway.js";
import { tcp } from "./support/transports.js";
import { errorOf, within } from "./support/waiting.js";

const textOf = (code: number, reason = "") => connectionEnded({ code, reason, clean: true }).message;

describe("the text of a connection that ended advises what its code allows", () => {
  it.each([1000, 1001, 1005, 1006, 1011, 1012, 3008])("%i: to connect again", (code) => {
    expect(textOf(code, "why")).toBe(`the connection ended (${code}: why); connect again`);
  });

  it("1013: to do so later", () => {
    expect(textOf(1013)).toBe("the connection ended (1013); connect again later");
  });

  it.each([1002, 1003, 1007, 1008, 1009, 1010, 3000, 4000, 4001, 4999])("%i: nothing", (code) => {
    expect(textOf(code)).toBe(`the connection ended (${code})`);
  });
});

describe("after closeChannel(id, 4001)", () => {
  it("no error of a client of frames advises to connect again", async () => {
    const { server } = await openServer(tcp, { acceptor: { accept: async () => "alice" } });
    const { dialer, conns } = spyOnConn(tcp.dialer());
    const client = openClient(tcp, { dialer });
    await client.connect(server.dialUrl);
    void server.closeChannel("alice", 4001);
    for (const call of [
      client.read(),
      () => client.send(new Uint8Array(1)),
      () => conns[0]!.writeFrame(2, new Uint8Array(1)),
    ]) {
      const error = await errorOf(typeof call === "function" ? call : within(call, "the end"));
      expect(error).toMatchObject({ closeInfo: { code: 4001 } });
      expect(error.message).not.toMatch(/again/);
    }
  });

  it("no error of an ImClient does: its status, a request in flight, the next request, ready()", async () => {
    const gateway = await TestGateway.start(tcp, { answer: () => undefined });
    const client = openImClient(gateway);
    const { channelId } = await client.connect();
    const underWay = errorOf(client.request("a.b"));
    await gateway.server.closeChannel(channelId, 4001);
    const errors = [await underWay, await errorOf(client.request("a.b")), await errorOf(client.ready())];
    for (const error of [...errors, (client.status as { reason: Error }).reason]) {
      expect(error.message).toContain("4001");
      expect(error.message).not.toMatch(/again/);
    }
  });
});
