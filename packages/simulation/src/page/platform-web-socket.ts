import type { RawData, WebSocket } from "ws";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Product } from "../product/evaluate.js";

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

interface Browser {
  /** Where the browser itself runs: it goes on while a page stands still. */
  readonly process: SimulatedProcess;
  readonly product: Product;
}

/** @returns the class `WebSocket` of a page, as WHATWG has it. The protocol is spoken by the browser, in its own process. */
export function platformWebSocketOf(page: SimulatedProcess, { process: browser, product }: Browser) {
  return class PlatformWebSocket {
    binaryType = "blob";
    protocol = "";
    readyState = CONNECTING;
    /** Counts down when the page gets the news that the system has taken bytes, as its event loop goes round. */
    bufferedAmount = 0;
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
    onerror: (() => void) | null = null;
    onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null = null;
    #engine: WebSocket | undefined;

    constructor(url: string, protocols: string[] = []) {
      browser.poll(() => {
        this.#engine = new product.WebSocketEngine(url, protocols, { origin: "https://page.example" });
        this.#watch(this.#engine);
      });
    }

    send(data: string | Uint8Array): void {
      if (this.readyState === CONNECTING) throw new DOMException("still connecting", "InvalidStateError");
      const copy = typeof data === "string" ? data : Uint8Array.prototype.slice.call(data);
      const { length } = Buffer.from(copy as string);
      this.bufferedAmount += length;
      if (this.readyState !== OPEN) return;
      const taken = () => page.poll(() => this.#taken(length));
      browser.poll(() => this.#engine!.send(copy, (error) => error || taken()));
    }

    close(code?: number, reason = ""): void {
      if (code !== undefined && code !== 1_000 && !(code >= 3_000 && code <= 4_999)) {
        throw new DOMException(`${code} is not for pages`, "InvalidAccessError");
      }
      if (Buffer.byteLength(reason) > 123) throw new DOMException("the reason is too long", "SyntaxError");
      if (this.readyState >= CLOSING) return;
      this.readyState = CLOSING;
      browser.poll(() => this.#engine!.close(code, reason));
    }

    #taken(length: number): void {
      if (this.readyState !== CLOSED) this.bufferedAmount -= length;
    }

    #watch(engine: WebSocket): void {
      let hasFailed = false;
      engine.on("open", () => page.poll(() => this.#opened(engine.protocol)));
      engine.on("message", (data, isBinary) => {
        const own = isBinary ? copyOf(data) : data.toString();
        page.poll(() => this.readyState === OPEN && this.onmessage?.({ data: own }));
      });
      engine.on("error", () => {
        hasFailed = true;
      });
      engine.on("close", (code, reason) => page.poll(() => this.#closed(code, reason.toString(), hasFailed)));
    }

    #opened(protocol: string): void {
      if (this.readyState !== CONNECTING) return;
      this.readyState = OPEN;
      this.protocol = protocol;
      this.onopen?.();
    }

    #closed(code: number, reason: string, hasFailed: boolean): void {
      this.readyState = CLOSED;
      if (hasFailed) this.onerror?.();
      this.onclose?.({ code, reason, wasClean: code !== 1_006 && !hasFailed });
    }
  };
}

function copyOf(data: RawData): ArrayBuffer {
  return Uint8Array.from(data as Buffer).buffer as ArrayBuffer;
}
