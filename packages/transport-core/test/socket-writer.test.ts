import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { SocketWriter, type WritableSocket } from "@im/transport-core/authoring";
import { afterEach, describe, expect, it } from "vitest";
import { bytes, text } from "./support/fake-driver.js";
import { within } from "./support/waiting.js";

/** A socket that takes bytes when the test says so. */
class FakeSocket implements WritableSocket {
  readonly calls: string[] = [];
  takesAtOnce = true;
  writableLength = 0;
  #callbacks: (() => void)[] = [];

  cork(): void {
    this.calls.push("cork");
  }

  uncork(): void {
    this.calls.push("uncork");
  }

  write(piece: Uint8Array, taken?: () => void): boolean {
    if (piece.length > 0) this.calls.push(`write ${piece.length > 20 ? `${piece.length} bytes` : text(piece)}`);
    if (!this.takesAtOnce) this.writableLength += piece.length;
    if (taken) this.#callbacks.push(taken);
    return this.takesAtOnce;
  }

  take(): void {
    this.writableLength = 0;
    for (const callback of this.#callbacks.splice(0)) callback();
  }
}

describe("socket writer", () => {
  function setUp() {
    const socket = new FakeSocket();
    const writer = new SocketWriter(socket);
    let drains = 0;
    const sink = { drain: () => drains++ };
    return { socket, writer, sink, drains: () => drains };
  }

  it("hands many frames over in one write", () => {
    const { socket, writer, sink } = setUp();
    for (const word of ["a", "b", "c"]) writer.batch.append(bytes(word));
    expect(writer.flush(sink)).toBe(true);
    expect(socket.calls).toEqual(["write abc"]);
  });

  it("hands several pieces over in one system call", () => {
    const { socket, writer, sink } = setUp();
    writer.batch.append(bytes("head"));
    writer.batch.append(new Uint8Array(5_000));
    writer.flush(sink);
    expect(socket.calls).toEqual(["cork", "write head", "write 5000 bytes", "uncork"]);
  });

  it("counts what is queued here and in the socket", () => {
    const { socket, writer, sink } = setUp();
    socket.takesAtOnce = false;
    writer.batch.append(bytes("12345"));
    expect(writer.queuedBytes, "before the flush").toBe(5);
    writer.flush(sink);
    writer.batch.append(bytes("67"));
    expect(writer.queuedBytes, "after it").toBe(7);
  });

  it("tells once when the system has taken the rest", () => {
    const { socket, writer, sink, drains } = setUp();
    socket.takesAtOnce = false;
    writer.batch.append(bytes("slow"));
    expect(writer.flush(sink)).toBe(false);
    expect(drains()).toBe(0);
    socket.take();
    expect(drains()).toBe(1);
  });

  it("writes nothing when nothing is queued", () => {
    const { socket, writer, sink } = setUp();
    expect(writer.flush(sink)).toBe(true);
    expect(socket.calls).toEqual([]);
  });

  it("fault 5: a slab is not used again while the socket holds it", () => {
    const { socket, writer, sink } = setUp();
    socket.takesAtOnce = false;
    const held: Uint8Array[] = [];
    const write = socket.write.bind(socket);
    socket.write = (piece, taken) => {
      if (piece.length > 0) held.push(piece);
      return write(piece, taken);
    };
    for (let i = 0; i < 200; i++) {
      writer.batch.append(bytes(`message ${i}`));
      writer.flush(sink);
    }
    expect(held.map(text)).toEqual(Array.from({ length: 200 }, (_, i) => `message ${i}`));
  });
});

describe("socket writer on real sockets", () => {
  const cleanUps: (() => void)[] = [];
  afterEach(() => {
    for (const cleanUp of cleanUps.splice(0)) cleanUp();
  });

  it("fault 5: short bursts to many connections that end in close arrive whole", async () => {
    const received: string[] = [];
    const server = createServer((socket) => {
      const chunks: Buffer[] = [];
      socket.on("error", () => {});
      socket.on("data", (chunk) => chunks.push(chunk));
      socket.on("end", () => received.push(Buffer.concat(chunks).toString()));
    }).listen(0, "127.0.0.1");
    cleanUps.push(() => server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const sink = { drain: () => {} };
    const connections = 40;
    const expected = await Promise.all(
      Array.from({ length: connections }, async (_, n) => {
        const socket: Socket = connect(port, "127.0.0.1");
        await once(socket, "connect");
        const writer = new SocketWriter(socket);
        let sent = "";
        for (let burst = 0; burst < 20; burst++) {
          for (let i = 0; i < 10; i++) {
            const word = `${n}.${burst}.${i};`.repeat(i === 9 && burst % 5 === 0 ? 20_000 : 1);
            sent += word;
            writer.batch.append(bytes(word));
          }
          writer.flush(sink);
          if (burst % 3 === 0) await new Promise(setImmediate);
        }
        socket.end();
        await within(once(socket, "close"), "the end of the connection");
        return sent;
      }),
    );
    expect(received.length).toBe(connections);
    expect(received.sort().every((content, i) => content === expected.sort()[i])).toBe(true);
  });
});
