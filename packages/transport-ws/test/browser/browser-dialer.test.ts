import { afterEach, describe, expect, it, vi } from "vitest";
import { type WsDialerOptions, wsDialer } from "../../src/browser/index.js";
import { FakeWebSocket } from "../support/fake-web-socket.js";

const coded = (code: string, words: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(words) });

/** Dials on a platform whose WebSocket does what `happens` says, once it is made. */
function dial(happens: (webSocket: FakeWebSocket) => void, options: WsDialerOptions = {}) {
  const made: FakeWebSocket[] = [];
  vi.stubGlobal(
    "WebSocket",
    class extends FakeWebSocket {
      constructor() {
        super();
        made.push(this);
        queueMicrotask(() => happens(this));
      }
    },
  );
  return { made, conn: connect(options) };
}

const connect = (options: WsDialerOptions = {}) =>
  wsDialer(options).dialAndHandshake({ id: "", name: "", address: "ws://example.test/", timeoutMs: 5_000 });

afterEach(() => void vi.unstubAllGlobals());

describe("a dial that fails", () => {
  it.each([
    ["a close", (webSocket: FakeWebSocket) => webSocket.onclose?.({ code: 1006, reason: "", wasClean: false })],
    ["an error and nothing else", (webSocket: FakeWebSocket) => webSocket.onerror?.()],
  ])("rejects at once when the platform reports %s", async (_, happens) => {
    await expect(dial(happens).conn).rejects.toEqual(coded("IM_ERR_CONNECT", "example.test"));
  });

  it("rejects when the platform's WebSocket throws", async () => {
    const forbidden = class {
      constructor() {
        throw new DOMException("not from here", "SecurityError");
      }
    };
    vi.stubGlobal("WebSocket", forbidden);
    await expect(connect()).rejects.toEqual(coded("IM_ERR_CONNECT", "not from here"));
  });

  it.runIf("WebSocket" in globalThis)("rejects at once with this platform's own WebSocket", async () => {
    const begin = performance.now();
    const dialling = wsDialer().dialAndHandshake({ id: "", name: "", address: "127.0.0.1:1", timeoutMs: 30_000 });
    await expect(dialling).rejects.toEqual(coded("IM_ERR_CONNECT", "127.0.0.1:1"));
    expect(performance.now() - begin).toBeLessThan(15_000);
  });

  it("shows no secret of its address", async () => {
    const quoting = class {
      constructor(url: string) {
        throw new DOMException(`'${url}' is refused`, "SecurityError");
      }
    };
    vi.stubGlobal("WebSocket", quoting);
    const address = "ws://user:password@example.test/im?token=1";
    const dialling = wsDialer().dialAndHandshake({ id: "", name: "", address, timeoutMs: 5_000 });
    const shown = "ws://example.test/im?…";
    await expect(dialling).rejects.toThrow(`the platform does not connect to ${shown}: '${shown}' is refused`);
  });

  it("has a code of its own on a platform without WebSocket", async () => {
    vi.stubGlobal("WebSocket", undefined);
    await expect(connect()).rejects.toEqual(coded("IM_ERR_UNSUPPORTED", "no WebSocket"));
  });
});

describe("the subprotocol", () => {
  const agreeOn = (protocol: string) => (webSocket: FakeWebSocket) => {
    webSocket.protocol = protocol;
    webSocket.onopen?.();
  };

  it.each([
    ["one that was offered", ["im.v2", "im.v1"], "im.v1"],
    ["none, and none was offered", [], ""],
  ])("may be %s", async (_, protocols, agreed) => {
    await expect(dial(agreeOn(agreed), { protocols }).conn).resolves.toMatchObject({ subprotocol: agreed });
  });

  it.each([
    ["another than was offered", ["im.v1"], "im.v2"],
    ["one in other letters", ["im.v1"], "IM.v1"],
    ["none where one was offered", ["im.v1"], ""],
    ["one where none was offered", [], "im.v1"],
  ])("may not be %s: the connection is closed", async (_, protocols, agreed) => {
    const { conn, made } = dial(agreeOn(agreed), { protocols });
    await expect(conn).rejects.toEqual(coded("IM_ERR_HANDSHAKE", "subprotocol"));
    expect(made[0]!.closes).toHaveLength(1);
  });

  it.each([[["two words"]], [["im", "im"]], [[""]]])("is refused by name if it is none: %j", (protocols) => {
    expect(() => wsDialer({ protocols })).toThrow(coded("IM_ERR_INVALID_OPTION", "protocols"));
  });
});
