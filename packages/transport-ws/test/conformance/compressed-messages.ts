import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

/** What ends each message, and is not sent (RFC 7692 §7.2.1). */
const TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
const finishFlush = constants.Z_SYNC_FLUSH;

/**
 * The compressed messages of one side, written or read one by one. The context is given to zlib as a dictionary: the last
 * bytes of the messages before, as many as the window has. So each message is a call of its own, and one that goes back
 * further than was agreed cannot be read.
 */
export class CompressedMessages {
  readonly #windowBits: number;
  readonly #keepsContext: boolean;
  #context: Buffer = Buffer.alloc(0);

  /** @param agreed `Sec-WebSocket-Extensions` of the server's answer */
  constructor(agreed: string, writer: "server" | "client") {
    this.#windowBits = Number(new RegExp(`\\b${writer}_max_window_bits=(\\d+)`).exec(agreed)?.[1] ?? 15);
    this.#keepsContext = !agreed.includes(`${writer}_no_context_takeover`);
  }

  write(message: Uint8Array): Uint8Array {
    const bytes = deflateRawSync(message, this.#options());
    this.#keep(message);
    return bytes.subarray(0, -TAIL.length);
  }

  read(payload: Uint8Array): Uint8Array {
    const message = inflateRawSync(Buffer.concat([payload, TAIL]), this.#options());
    this.#keep(message);
    return message;
  }

  #options() {
    const options = { finishFlush, windowBits: this.#windowBits };
    return this.#context.length > 0 ? { ...options, dictionary: this.#context } : options;
  }

  #keep(message: Uint8Array): void {
    if (this.#keepsContext) this.#context = Buffer.concat([this.#context, message]).subarray(-(2 ** this.#windowBits));
  }
}
