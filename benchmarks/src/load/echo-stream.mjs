/** Every so many reads the bytes are compared with what must come; an odd number, so that no batch hides. */
const READS_PER_CHECK = 17;

/** The echoes of one message over and over, as a stream of bytes of which any stretch can be compared. */
export class EchoRing {
  #ring;

  constructor(echo, longestReadBytes = 64 * 1024) {
    this.echoBytes = echo.length;
    const copies = Math.ceil(longestReadBytes / echo.length) + 1;
    this.#ring = Buffer.concat(Array.from({ length: copies }, () => echo));
  }

  matches(buffer, bytes, phase) {
    return this.#ring.compare(buffer, 0, bytes, phase, phase + bytes) === 0;
  }
}

/** Counts the echoes on one connection by their bytes, and notices a wrong one. */
export class EchoStream {
  #ring;
  /** How far into an echo the last read ended. */
  #phase = 0;
  /** The first read is checked. */
  #readsToCheck = 1;

  constructor(ring) {
    this.#ring = ring;
  }

  /** @returns how many echoes became complete. @throws if the bytes are not those of the echo */
  take(bytes, buffer) {
    if (--this.#readsToCheck === 0) {
      this.#readsToCheck = READS_PER_CHECK;
      if (!this.#ring.matches(buffer, bytes, this.#phase)) throw new Error("an echo is not what was sent");
    }
    const { echoBytes } = this.#ring;
    const total = this.#phase + bytes;
    const echoes = Math.floor(total / echoBytes);
    this.#phase = total - echoes * echoBytes;
    return echoes;
  }

  /** Checks the next read, whatever its turn. */
  checkNext() {
    this.#readsToCheck = 1;
  }
}
