import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { watchDelays } from "@im/test-support/delays";
import { expect, it, onTestFinished, vi } from "vitest";
import { within } from "../src/deadline.js";
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from "../src/fault-proxy/index.js";
import { patterned } from "../src/payloads.js";

const DEADLINE_MS = 5_000;

/** One end of a connection, with all that it has read. */
class End {
  readonly socket: Socket;
  readonly chunks: Buffer[] = [];
  readonly chunkTimesMs: number[] = [];
  state: "open" | "ended" | "reset" = "open";

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk) => {
      this.chunks.push(chunk);
      this.chunkTimesMs.push(performance.now());
      socket.emit("changed");
    });
    socket.on("end", () => this.#becomes("ended"));
    socket.on("error", () => this.#becomes("reset"));
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  async until(isMet: () => boolean, what: string): Promise<void> {
    while (!isMet()) await within(DEADLINE_MS, once(this.socket, "changed"), what);
  }

  hasRead(length: number): Promise<void> {
    return this.until(() => this.bytes.length >= length, `${length} bytes`);
  }

  becomes(state: End["state"]): Promise<void> {
    return this.until(() => this.state === state, `the end to be ${state}, which was ${this.state}`);
  }

  #becomes(state: End["state"]): void {
    if (this.state !== "reset") this.state = state;
    this.socket.emit("changed");
  }
}

async function startProxy(options: Omit<FaultProxyOptions, "target"> = {}) {
  const arrivals: End[] = [];
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    arrivals.push(new End(socket));
    listener.emit("changed");
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  const { port } = listener.address() as AddressInfo;
  const proxy = await startFaultProxy({ ...options, target: { port, host: "127.0.0.1" } });
  onTestFinished(async () => {
    await proxy.close();
    for (const { socket } of arrivals) socket.destroy();
    listener.close();
  });
  const arrival = async (index: number) => {
    while (arrivals.length <= index) await within(DEADLINE_MS, once(listener, "changed"), `connection ${index}`);
    return arrivals[index]!;
  };
  return { proxy, arrivals, arrival };
}

function dial({ port }: FaultProxy): End {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  onTestFinished(() => void socket.destroy());
  return new End(socket);
}

async function connectThrough(options: Omit<FaultProxyOptions, "target"> = {}) {
  const { proxy, arrival } = await startProxy(options);
  const client = dial(proxy);
  return { proxy, client, server: await arrival(0), arrival };
}

it("without faults bytes and ends pass unchanged, both ways", async () => {
  const { client, server, proxy } = await connectThrough();
  const sent = patterned(300_000);
  client.socket.end(sent);
  await server.becomes("ended");
  expect(server.bytes.equals(sent)).toBe(true);
  server.socket.end(sent.subarray(0, 1_000));
  await client.becomes("ended");
  expect(client.bytes.equals(sent.subarray(0, 1_000))).toBe(true);
  expect(proxy.statistics).toMatchObject({ accepted: 1, resets: 0, bytesToServer: 300_000, bytesToClient: 1_000 });
});

it("latency with jitter delays every byte within its bounds and keeps the order", async () => {
  const { client, server } = await connectThrough({ faults: { toServer: { latencyMs: 100, jitterMs: 50 } } });
  const worstDelayMs = watchDelays();
  const beginMs = performance.now();
  const sent = patterned(20);
  for (const byte of sent) {
    client.socket.write(Uint8Array.of(byte));
    await new Promise((nextTurn) => setImmediate(nextTurn));
  }
  const sentMs = performance.now();
  await server.hasRead(20);
  expect(server.bytes.equals(sent)).toBe(true);
  expect(server.chunkTimesMs[0]! - beginMs).toBeGreaterThanOrEqual(49);
  // Jitter is at most 50 ms; the rest is for the machine.
  expect(server.chunkTimesMs.at(-1)! - sentMs).toBeLessThan(150 + 250 + worstDelayMs());
});

it("a limit of bytes per second is kept", async () => {
  const { client, server } = await connectThrough({ faults: { toServer: { bytesPerSecond: 100_000 } } });
  const worstDelayMs = watchDelays();
  const beginMs = performance.now();
  client.socket.write(patterned(30_000));
  await server.hasRead(30_000);
  expect(performance.now() - beginMs).toBeGreaterThan(290);
  expect(performance.now() - beginMs).toBeLessThan(300 + 500 + worstDelayMs());
});

it("slices are of one byte up to the maximum, and the same for the same seed", async () => {
  const cuts = async (seed: number) => {
    const { client, server } = await connectThrough({ seed, faults: { toServer: { maxSliceBytes: 7, latencyMs: 1 } } });
    client.socket.write(patterned(500));
    await server.hasRead(500);
    expect(server.bytes.equals(patterned(500))).toBe(true);
    return server.chunks.map(({ length }) => length);
  };
  const [first, again, other] = [await cuts(1), await cuts(1), await cuts(2)];
  // The system may join neighbours, never cut them.
  expect(first.length).toBeGreaterThan(500 / 14);
  const ends = (lengths: readonly number[]) => {
    let end = 0;
    return lengths.map((length) => (end += length));
  };
  const shared = (one: readonly number[], two: readonly number[]) => {
    const set = new Set(ends(two));
    return ends(one).filter((end) => set.has(end)).length / one.length;
  };
  expect(shared(first, again)).toBeGreaterThan(0.8);
  expect(shared(first, other)).toBeLessThan(0.6);
});

it.each([0, 1, 999])("a reset comes in place of the byte at offset %i, to both ends", async (resetAtByte) => {
  const { client, server, proxy } = await connectThrough({ faults: { toServer: { resetAtByte } } });
  client.socket.write(patterned(1_000));
  await client.becomes("reset");
  // Node reports a reset that it finds together with bytes as an end.
  await server.until(() => server.state !== "open", "the server's end to be over");
  expect(server.bytes.equals(patterned(resetAtByte))).toBe(true);
  expect(proxy.statistics.resets).toBe(1);
});

it("a reset that stands beyond the last byte never comes", async () => {
  const { client, server } = await connectThrough({ faults: { toServer: { resetAtByte: 1_000 } } });
  client.socket.end(patterned(1_000));
  await server.becomes("ended");
  expect(server.bytes).toHaveLength(1_000);
});

it("a reset may come at once, and the server never sees the connection", async () => {
  const faults = (index: number) => ({ resetOnAccept: index === 0 });
  const { proxy, arrivals, arrival } = await startProxy({ faults });
  await dial(proxy).becomes("reset");
  dial(proxy).socket.write("second");
  await (await arrival(0)).hasRead(6);
  expect(arrivals).toHaveLength(1);
  expect(proxy.statistics).toMatchObject({ accepted: 2, resets: 1 });
});

it("dropped bytes are neither forwarded nor reported, and the other direction goes on", async () => {
  const { client, server, proxy } = await connectThrough();
  const beginMs = Date.now();
  client.socket.write("before");
  await server.hasRead(6);
  const { forwardedAtMs } = proxy.links[0]!.toServer;
  expect(forwardedAtMs).toBeGreaterThanOrEqual(beginMs);
  proxy.setFaults({ toServer: { drop: true } });
  client.socket.end("lost");
  server.socket.write("still received");
  await client.hasRead(11);
  expect(proxy.statistics.droppedBytes).toBe(4);
  expect(proxy.links[0]!.toServer.forwardedAtMs).toBe(forwardedAtMs);
  expect({ read: server.bytes.toString(), state: server.state }).toEqual({ read: "before", state: "open" });
});

it("dropped both ways, neither end learns that the other was reset", async () => {
  const { client, server, proxy, arrival } = await connectThrough();
  client.socket.write("before");
  await server.hasRead(6);
  proxy.setFaults({ toServer: { drop: true }, toClient: { drop: true } });
  client.socket.resetAndDestroy();
  // What a later connection says comes through after the reset has come to the proxy.
  proxy.setFaults((index) => (index === 0 ? { toServer: { drop: true }, toClient: { drop: true } } : {}));
  dial(proxy).socket.write("later");
  await (await arrival(1)).hasRead(5);
  expect(server.state).toBe("open");
  expect(proxy.statistics).toMatchObject({ open: 2, resets: 0 });
});

it("dropping may end again: what comes then passes", async () => {
  const { client, server, proxy } = await connectThrough({ faults: { toServer: { drop: true } } });
  client.socket.write("lost");
  await vi.waitFor(() => expect(proxy.statistics.droppedBytes).toBe(4));
  proxy.setFaults({});
  client.socket.write("received");
  await server.hasRead(5);
  expect(server.bytes.toString()).toBe("received");
});

it("a half close ends one way, and the other goes on", async () => {
  const { client, server, proxy } = await connectThrough();
  proxy.links[0]!.halfClose("toServer");
  await server.becomes("ended");
  server.socket.write("still received");
  await client.hasRead(11);
  expect(client.state).toBe("open");
});

it("a reset of one end reaches the other, behind the bytes before it", async () => {
  const { client, server } = await connectThrough({ faults: { toServer: { latencyMs: 20 } } });
  client.socket.write("last words");
  await within(DEADLINE_MS, once(server.socket, "data"), "the bytes");
  client.socket.resetAndDestroy();
  await server.becomes("reset");
  expect(server.bytes.toString()).toBe("last words");
});

it("a client is reset when no server listens at the target", async () => {
  const listener = createServer();
  await once(listener.listen(0, "127.0.0.1"), "listening");
  const { port } = listener.address() as AddressInfo;
  await new Promise((closed) => listener.close(closed));
  const proxy = await startFaultProxy({ target: { port, host: "127.0.0.1" } });
  onTestFinished(() => proxy.close());
  await dial(proxy).becomes("reset");
});

it("a reader that stands still holds the writer back through the proxy", async () => {
  const { client, server, proxy } = await connectThrough();
  server.socket.pause();
  const mebibyte = patterned(1024 * 1024);
  let isFull = false;
  for (let written = 0; written < 64 && !isFull; written++) {
    isFull = !(await Promise.race([
      new Promise<boolean>((taken) => client.socket.write(mebibyte, () => taken(true))),
      new Promise<boolean>((resolve) => setTimeout(resolve, 250, false)),
    ]));
  }
  expect(isFull).toBe(true);
  expect(proxy.statistics.bytesToServer).toBeLessThan(32 * 1024 * 1024);
});

it("cutAll resets what is open, and closing leaves nothing", async () => {
  const { proxy, arrival } = await startProxy();
  const clients = [dial(proxy), dial(proxy)];
  const servers = [await arrival(0), await arrival(1)];
  proxy.cutAll();
  await Promise.all([...clients, ...servers].map((end) => end.becomes("reset")));
  expect(proxy.statistics).toMatchObject({ accepted: 2, resets: 2 });
  await within(DEADLINE_MS, proxy.close(), "the proxy to close");
  expect(proxy.statistics.open).toBe(0);
});
