import type { Address, OpCode } from "@im/transport-core";
import type { AcceptSink, Handshake, ListenerDriver } from "@im/transport-core/authoring";
import { encoded, FakeDriver, type FakeDriverOptions } from "./fake-driver.js";

/** A ListenerDriver in memory: the test lets sockets arrive. */
export class FakeListener implements ListenerDriver {
  readonly protocol = "fake";
  /** `listen`, `close`, in order. */
  readonly calls: string[] = [];
  /** How often a frame was encoded for many connections. */
  encodings = 0;
  sink!: AcceptSink;
  /** What `listen` waits for; the test may replace it. */
  listening: Promise<unknown> = Promise.resolve();
  /** What `close` waits for; the test may replace it. */
  closing: Promise<unknown> = Promise.resolve();

  async listen(sink: AcceptSink): Promise<Address> {
    this.calls.push("listen");
    this.sink = sink;
    await this.listening;
    return { host: "10.0.0.7", port: 8000 };
  }

  async close(): Promise<void> {
    this.calls.push("close");
    await this.closing;
  }

  dialUrl({ host, port }: Address): string {
    return `fake://${host}:${port}`;
  }

  encodeFrame(opCode: OpCode, payload: Uint8Array): Uint8Array {
    this.encodings++;
    return encoded(opCode, payload);
  }

  /** A socket is accepted; its handshake is not done. `undefined` if the server takes no more. */
  accept(remoteAddress?: Address): { handshake: Handshake; destroyed: () => boolean } | undefined {
    let isDestroyed = false;
    const destroy = () => {
      isDestroyed = true;
    };
    const handshake = this.sink.accepted({ remoteAddress, destroy });
    return handshake && { handshake, destroyed: () => isDestroyed };
  }

  /** A socket is accepted and speaks frames at once. */
  connect(options: FakeDriverOptions = { peerCloses: true, encodes: true }, remoteAddress?: Address): FakeDriver {
    const driver = new FakeDriver(options);
    const handshake = this.sink.accepted({ remoteAddress, destroy: () => {} });
    if (!handshake) throw new Error("the server takes no more connections");
    handshake.done(driver);
    return driver;
  }
}
