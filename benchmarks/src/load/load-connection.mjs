import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

/** One for all sockets: what is read is looked at before the next read. No memory is taken per message. */
const chunk = Buffer.allocUnsafe(64 * 1024);

/** Loopback has more than one address on Linux, and each has its own ports. */
const SOURCE_ADDRESSES = process.platform === "linux" ? 8 : 1;

/** A connection of the load: shakes hands, then hands over the raw bytes and writes raw bytes. */
export class LoadConnection {
  /** Called with a shared buffer and the number of bytes in it, once the handshake is over. */
  received = ignore;
  #socket;
  #isEncrypted;
  #failed;

  constructor({ port, tls, index, steps, ready, failed }) {
    this.#failed = failed;
    this.#isEncrypted = tls;
    const handshake = new Handshake(steps, (bytes) => this.write(bytes));
    let shaken = false;
    const advance = (bytes) => {
      if (!handshake.advance(bytes)) return;
      shaken = true;
      ready(this);
    };
    this.#socket = (tls ? connectTls : connect)({
      rejectUnauthorized: false,
      host: "127.0.0.1",
      port,
      localAddress: `127.0.0.${1 + (index % SOURCE_ADDRESSES)}`,
      noDelay: true,
      onread: {
        buffer: chunk,
        callback: (bytes, buffer) => {
          if (shaken) this.received(bytes, buffer);
          else this.#guard(() => advance(buffer.subarray(0, bytes)));
          return true;
        },
      },
    });
    this.#socket.on(tls ? "secureConnect" : "connect", () => this.#guard(() => advance(Buffer.alloc(0))));
    this.#socket.on("error", (error) => this.fail(error));
    this.#socket.on("end", () => this.fail(new Error("the server closed a connection")));
  }

  /** Writes past the queue of `Writable`, which costs the load as much as all the rest. TLS takes one write at a time. */
  write(bytes) {
    if (this.#isEncrypted) this.#socket.write(bytes);
    else this.#socket._write(bytes, "buffer", ignore);
  }

  fail(error) {
    const failed = this.#failed;
    this.#failed = ignore;
    this.destroy();
    failed(error);
  }

  /** With a reset, so that no port has to wait; Node resets no TLS socket. */
  destroy() {
    this.#failed = ignore;
    if (this.#isEncrypted) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #guard(step) {
    try {
      step();
    } catch (error) {
      this.fail(error);
    }
  }
}

function ignore() {}

class Handshake {
  #steps;
  #write;
  #at = -1;
  #pending = Buffer.alloc(0);

  constructor(steps, write) {
    this.#steps = steps;
    this.#write = write;
  }

  /** Takes what came (nothing when the socket has just connected). @returns whether the handshake is over */
  advance(bytes) {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    if (this.#at === -1) this.#next();
    while (this.#at < this.#steps.length) {
      const taken = this.#steps[this.#at].answered(this.#pending);
      if (taken === 0) return false;
      this.#pending = this.#pending.subarray(taken);
      this.#next();
    }
    if (this.#pending.length > 0) throw new Error("the server sent more than its handshake");
    return true;
  }

  #next() {
    const { send } = this.#steps[++this.#at] ?? {};
    if (send) this.#write(send);
  }
}
