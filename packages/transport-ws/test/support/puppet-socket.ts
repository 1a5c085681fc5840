import { Duplex } from "node:stream";

/** The server's side of a socket whose upgrade is done, in memory. */
export class PuppetSocket extends Duplex {
  readonly written: Buffer[] = [];

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.written.push(Buffer.from(bytes));
    done();
  }
}
