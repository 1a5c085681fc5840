import { EventEmitter } from "node:events";
import { formatAddress } from "@im/transport-core";
import { type ArrivingSocket, connectionLost, endsOf, PendingArrivals } from "@im/transport-core/authoring";
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

function setUp({ full = false, keyOf }: { full?: boolean; keyOf?: typeof endsOf } = {}) {
  const arrivals: { ready: ReturnType<typeof vi.fn>; gone: ReturnType<typeof vi.fn> }[] = [];
  const arrive = vi.fn((_socket: ArrivingSocket) => {
    if (full) return undefined;
    const arrival = { ready: vi.fn(), gone: vi.fn() };
    arrivals.push(arrival);
    return arrival;
  });
  return { pending: new PendingArrivals({ arrive, failed: () => {} }, keyOf), arrivals, arrive };
}

describe("arrivals whose handshake is under way", () => {
  it("are kept until it is done, each for its own socket", () => {
    const { pending, arrivals } = setUp();
    const sockets = [new FakeSocket(1), new FakeSocket(2), new FakeSocket()];
    for (const socket of sockets) pending.add(socket);
    expect(sockets.map((socket) => pending.take(socket))).toEqual(arrivals);
  });

  it("are found by the peer's address when TLS stands on another socket", () => {
    const { pending, arrivals, arrive } = setUp({ keyOf: endsOf });
    pending.add(new FakeSocket(7));
    expect(pending.take(new FakeSocket(7))).toBe(arrivals[0]);
    expect(arrive).toHaveBeenCalledOnce();
  });

  it("are gone when the socket closes before", () => {
    const { pending, arrivals } = setUp();
    const socket = new FakeSocket(1);
    pending.add(socket);
    socket.emit("close");
    expect(arrivals[0]!.gone).toHaveBeenCalledOnce();
  });

  it("are not told when it closes afterwards", () => {
    const { pending, arrivals } = setUp();
    const socket = new FakeSocket(1);
    pending.add(socket);
    pending.take(socket);
    socket.emit("close");
    expect(arrivals[0]!.gone).not.toHaveBeenCalled();
  });

  it("the server can destroy the socket meanwhile", () => {
    const { pending, arrivals, arrive } = setUp();
    const socket = new FakeSocket(1);
    pending.add(socket);
    arrive.mock.calls[0]![0].destroy();
    expect(socket.destroy).toHaveBeenCalledOnce();
    expect(arrivals[0]!.gone).toHaveBeenCalledOnce();
  });

  it("do not count a socket that the server does not take", () => {
    const { pending, arrive } = setUp({ full: true });
    const socket = new FakeSocket(1);
    const refuse = vi.fn();
    expect(pending.add(socket, refuse)).toBe(false);
    expect(arrive).toHaveBeenCalledWith(expect.objectContaining({ refuse }));
    expect(socket.listenerCount("close")).toBe(0);
  });

  it("say where the socket comes from, and nothing for one without an address", () => {
    const { pending, arrive } = setUp();
    pending.add(new FakeSocket(1));
    pending.add(new FakeSocket());
    const from = arrive.mock.calls.map(([socket]) => socket.remoteAddress);
    expect(from).toEqual([{ host: "10.0.0.1", port: 1 }, undefined]);
  });

  it("that are given up are gone, with why, once", () => {
    const { pending, arrivals } = setUp();
    const socket = new FakeSocket(1);
    pending.add(socket);
    pending.giveUp(socket, "origin");
    socket.emit("close");
    expect(arrivals[0]!.gone.mock.calls).toEqual([["origin"]]);
  });

  it("a socket that somebody else accepted arrives when it is ready", () => {
    const { pending, arrivals, arrive } = setUp();
    expect(pending.take(new FakeSocket(9))).toBe(arrivals[0]);
    expect(arrive).toHaveBeenCalledOnce();
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
