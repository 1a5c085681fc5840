import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { CloseInfo, OpCode } from "@im/transport-core";
import type { FrameSink } from "@im/transport-core/authoring";
import { SocketConnDriver } from "@im/transport-core/node";
import { afterEach, describe, expect, it } from "vitest";
import { bytes, text } from "../support/fake-driver.js";
import { fakeSocket } from "../support/fake-socket.js";
import { within } from "../support/waiting.js";

/** Writes payloads without any framing. */
class PlainDriver extends SocketConnDriver {
  readonly chunks: string[] = [];
  isClean = true;

  protected received(chunk: Uint8Array): void {
    this.chunks.push(text(chunk));
  }

  writeFrame(_opCode: OpCode, payload: Uint8Array): void {
    this.batch.append(payload);
  }

  close(): void {
    this.flush();
    this.socket.end();
  }

  say(words: string): void {
    this.writeFrame(2, bytes(words));
  }
}

class RecordingSink implements FrameSink {
  readonly maxPayloadBytes = 1024;
  drains = 0;
  readonly ends: CloseInfo[] = [];
  frame(): void {}
  violation(): void {}
  drain(): void {
    this.drains++;
  }
  end(info: CloseInfo): void {
    this.ends.push(info);
  }
}

describe("socket conn driver", () => {
  function setUp({ encrypted = false } = {}) {
    const socket = fakeSocket();
    socket.encrypted = encrypted;
    const driver = new PlainDriver(socket);
    const sink = new RecordingSink();
    driver.start(sink);
    return { socket, driver, sink };
  }

  it("hands many frames over in one write", () => {
    const { socket, driver } = setUp();
    for (const word of ["a", "b", "c"]) driver.say(word);
    expect(driver.flush()).toBe(true);
    expect(socket.calls).toEqual(["write abc"]);
  });

  it("writes a shared frame as it is where nothing else waits, and in its place where something does", () => {
    const { socket, driver } = setUp();
    const shared = bytes("shared ");
    driver.writeEncoded(shared);
    expect(driver.queuedBytes).toBe(7);
    driver.flush();
    expect(socket.pieces[0], "alone").toBe(shared);
    driver.writeEncoded(shared);
    driver.say("behind ");
    driver.writeEncoded(shared);
    expect(driver.queuedBytes).toBe(21);
    driver.flush();
    expect(socket.pieces.map(text)).toEqual(["shared ", "shared behind shared "]);
    expect(driver.queuedBytes).toBe(0);
  });

  it("counts what is queued here and in the socket", () => {
    const { socket, driver } = setUp();
    socket.takesAtOnce = false;
    driver.say("12345");
    expect(driver.queuedBytes, "before the flush").toBe(5);
    driver.flush();
    driver.say("67");
    expect(driver.queuedBytes, "after it").toBe(7);
  });

  it("tells once when the system has taken the rest", () => {
    const { socket, driver, sink } = setUp();
    socket.takesAtOnce = false;
    driver.say("slow");
    expect(driver.flush()).toBe(false);
    expect(sink.drains).toBe(0);
    socket.take();
    expect(sink.drains).toBe(1);
  });

  it("does not take a reset for it", () => {
    const { socket, driver, sink } = setUp();
    socket.takesAtOnce = false;
    driver.say("lost");
    driver.flush();
    socket.reset();
    expect(sink.drains).toBe(0);
  });

  it("writes nothing when nothing is queued", () => {
    const { socket, driver } = setUp();
    expect(driver.flush()).toBe(true);
    expect(socket.calls).toEqual([]);
  });

  it("fault 5: memory is not written to again while the socket holds it", () => {
    const { socket, driver } = setUp();
    socket.takesAtOnce = false;
    for (let i = 0; i < 200; i++) {
      driver.say(`message ${i}`);
      driver.flush();
    }
    expect(socket.pieces.map(text)).toEqual(Array.from({ length: 200 }, (_, i) => `message ${i}`));
  });

  describe("on an encrypted socket, which takes nothing before a later turn", () => {
    function setUpEncrypted() {
      const all = setUp({ encrypted: true });
      all.socket.takesAtOnce = false;
      return all;
    }

    it("a flush that the system below has taken is none that waits, and nothing else is written", () => {
      const { socket, driver, sink } = setUpEncrypted();
      driver.say("echo");
      expect(driver.flush()).toBe(true);
      expect(socket.calls).toEqual(["write echo"]);
      socket.take();
      expect([driver.queuedBytes, sink.drains]).toEqual([0, 1]);
    });

    it.each([
      { what: "is free again once the socket has taken it", isTaken: true },
      { what: "is used for nothing else before that", isTaken: false },
    ])("its memory $what", ({ isTaken }) => {
      const { socket, driver } = setUpEncrypted();
      const words = Array.from({ length: 200 }, (_, i) => `flush ${i}`);
      for (const word of words) {
        driver.say(word);
        driver.flush();
        if (isTaken) socket.take();
      }
      const places = new Set(socket.pieces.map(({ buffer }) => buffer)).size;
      if (isTaken) expect(places).toBeLessThan(4);
      else expect(socket.pieces.map(text)).toEqual(words);
    });

    it("what the system below does not take waits, and drain is called once nothing waits", () => {
      const { socket, driver, sink } = setUpEncrypted();
      socket._handle._parent.writeQueueSize = 4;
      driver.say("echo");
      expect(driver.flush()).toBe(false);
      expect(driver.untakenBytes).toBe(8);
      socket.take();
      expect(sink.drains).toBe(1);
    });

    it("a flush behind one that is under way waits, even if it is empty", () => {
      const { socket, driver, sink } = setUpEncrypted();
      driver.say("one");
      driver.flush();
      expect(driver.flush()).toBe(false);
      driver.say("two");
      expect(driver.flush()).toBe(false);
      socket.take();
      expect(sink.drains).toBeGreaterThan(0);
    });

    it("a shared frame is copied, and goes the same way", () => {
      const { socket, driver, sink } = setUpEncrypted();
      driver.writeEncoded(bytes("shared"));
      expect(driver.flush()).toBe(true);
      socket.take();
      expect([socket.pieces.map(text), sink.drains]).toEqual([["shared"], 1]);
    });

    it("a reset tells no drain", () => {
      const { socket, driver, sink } = setUpEncrypted();
      driver.say("lost");
      driver.flush();
      socket.reset();
      expect(sink.drains).toBe(0);
    });
  });

  it("hands on what comes, and pauses and resumes the socket", () => {
    const { socket, driver } = setUp();
    socket.emit("data", bytes("one"));
    driver.pause();
    driver.resume();
    socket.emit("data", bytes("two"));
    expect([driver.chunks, socket.calls]).toEqual([
      ["one", "two"],
      ["pause", "resume"],
    ]);
  });

  it("tells the end, clean if the subclass says so", () => {
    const { socket, sink } = setUp();
    socket.emit("close");
    expect(sink.ends).toEqual([{ code: 1006, reason: "", clean: true }]);
  });

  it("tells the error that the socket was destroyed with, which is never clean", () => {
    const { socket, sink } = setUp();
    socket.errored = new Error("read ECONNRESET");
    socket.emit("error", socket.errored);
    expect(sink.ends, "before the socket has closed").toEqual([]);
    socket.emit("close");
    expect(sink.ends).toMatchObject([{ code: 1006, clean: false, error: { code: "IM_ERR_CONNECTION_LOST" } }]);
  });
});

describe("socket conn driver on real sockets", () => {
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
    const connections = 40;
    const expected = await Promise.all(
      Array.from({ length: connections }, async (_, n) => {
        const socket: Socket = connect(port, "127.0.0.1");
        await once(socket, "connect");
        const driver = new PlainDriver(socket);
        driver.start(new RecordingSink());
        let sent = "";
        for (let burst = 0; burst < 20; burst++) {
          for (let i = 0; i < 10; i++) {
            const words = `${n}.${burst}.${i};`.repeat(i === 9 && burst % 5 === 0 ? 20_000 : 1);
            sent += words;
            driver.say(words);
          }
          driver.flush();
          if (burst % 3 === 0) await new Promise(setImmediate);
        }
        driver.close();
        await within(once(socket, "close"), "the end of the connection");
        return sent;
      }),
    );
    expect(received.length).toBe(connections);
    expect(received.sort().every((content, i) => content === expected.sort()[i])).toBe(true);
  });
});
