import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { formatAddress } from "@im/transport-core";
import { connectionLost, type IncomingSocket } from "@im/transport-core/authoring";
import { endsOf, PendingHandshakes } from "@im/transport-core/node";
import { describe, expect, it, vi } from "vitest";

class FakeSocket extends EventEmitter {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly destroy = vi.fn(() => {
    this.emit("close");
  });

  constructor(remotePort?: number) {
    super();
    this.remotePort = remotePort;
    this.remoteAddress = remotePort === undefined ? undefined : "10.0.0.1";
  }
}

/** An accepted socket, as far as its handshake looks at it. */
function fakeSocket(remotePort?: number): FakeSocket & Socket {
  return new FakeSocket(remotePort) as FakeSocket & Socket;
}

const begin = () => {};

function setUp({ full = false, keyOf }: { full?: boolean; keyOf?: typeof endsOf } = {}) {
  const handshakes: { done: ReturnType<typeof vi.fn>; failed: ReturnType<typeof vi.fn> }[] = [];
  const accepted = vi.fn((_socket: IncomingSocket) => {
    if (full) return undefined;
    const handshake = { identify: vi.fn(), done: vi.fn(), failed: vi.fn() };
    handshakes.push(handshake);
    return handshake;
  });
  return { pending: new PendingHandshakes({ accepted, failed: () => {} }, keyOf), handshakes, accepted };
}

describe("pending handshakes", () => {
  it("are kept until they are done, each for its own socket", () => {
    const { pending, handshakes } = setUp();
    const sockets = [fakeSocket(1), fakeSocket(2), fakeSocket()];
    for (const socket of sockets) pending.add(socket, begin);
    expect(sockets.map((socket) => pending.take(socket)?.handshake)).toEqual(handshakes);
  });

  it("are found by the peer's address when TLS stands on another socket", () => {
    const { pending, handshakes, accepted } = setUp({ keyOf: endsOf });
    pending.add(fakeSocket(7), begin);
    expect(pending.take(fakeSocket(7))?.handshake).toBe(handshakes[0]);
    expect(accepted).toHaveBeenCalledOnce();
  });

  it("fail when the socket closes before", () => {
    const { pending, handshakes } = setUp();
    const socket = fakeSocket(1);
    pending.add(socket, begin);
    socket.emit("close");
    expect(handshakes[0]!.failed).toHaveBeenCalledOnce();
  });

  it("do not fail when the socket closes afterwards", () => {
    const { pending, handshakes } = setUp();
    const socket = fakeSocket(1);
    pending.add(socket, begin);
    pending.take(socket);
    socket.emit("close");
    expect(handshakes[0]!.failed).not.toHaveBeenCalled();
  });

  it("fail when the server destroys the socket", () => {
    const { pending, handshakes, accepted } = setUp();
    const socket = fakeSocket(1);
    pending.add(socket, begin);
    accepted.mock.calls[0]![0].destroy();
    expect(socket.destroy).toHaveBeenCalledOnce();
    expect(handshakes[0]!.failed).toHaveBeenCalledOnce();
  });

  it("do not count a socket that the server does not take", () => {
    const { pending, accepted } = setUp({ full: true });
    const socket = fakeSocket(1);
    const refuse = vi.fn();
    const begin = vi.fn();
    pending.add(socket, begin, refuse);
    expect(begin).not.toHaveBeenCalled();
    expect(accepted).toHaveBeenCalledWith(expect.objectContaining({ refuse }));
    expect(socket.listenerCount("close")).toBe(0);
  });

  it("say where the socket comes from, and nothing for one without an address", () => {
    const { pending, accepted } = setUp();
    pending.add(fakeSocket(1), begin);
    pending.add(fakeSocket(), begin);
    const from = accepted.mock.calls.map(([socket]) => socket.remoteAddress);
    expect(from).toEqual([{ host: "10.0.0.1", port: 1 }, undefined]);
  });

  it("that are refused fail once, with the reason", () => {
    const { pending, handshakes } = setUp();
    const socket = fakeSocket(1);
    pending.add(socket, begin);
    pending.refuse(socket, "origin");
    socket.emit("close");
    expect(handshakes[0]!.failed.mock.calls).toEqual([["origin"]]);
  });

  it("whose socket has closed are not found any more", () => {
    const { pending, accepted } = setUp();
    const socket = fakeSocket(9);
    pending.add(socket, begin);
    socket.emit("close");
    expect(pending.take(socket)).toBeUndefined();
    expect(accepted).toHaveBeenCalledOnce();
  });
});

describe("addresses", () => {
  it.each([
    [{ host: "10.0.0.7", port: 80 }, "10.0.0.7:80"],
    [{ host: "im.example", port: 443 }, "im.example:443"],
    [{ host: "::1", port: 8000 }, "[::1]:8000"],
    [{ host: "/run/im.sock", port: 0 }, "/run/im.sock"],
  ])("%o is written %s", (address, expected) => {
    expect(formatAddress(address)).toBe(expected);
  });
});

describe("a connection that was lost", () => {
  it("is 1006, with the system's error if there is one", () => {
    expect(connectionLost(undefined)).toEqual({ code: 1006, reason: "", clean: false });
    const cause = new Error("read ECONNRESET");
    const info = connectionLost(cause);
    expect(info).toMatchObject({ code: 1006, reason: "read ECONNRESET", clean: false });
    expect(info.error).toMatchObject({ code: "IM_ERR_CONNECTION_LOST", cause });
  });
});
