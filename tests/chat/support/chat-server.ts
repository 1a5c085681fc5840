import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "../../support/program.js";

const MAIN = "examples/chat/server/main.mjs";

/** The example's server, with a folder of its own, which can be killed and started again at the same addresses. */
export class ChatServer {
  readonly folder = mkdtempSync(join(tmpdir(), "im-chat-"));
  #program: Program;
  #pageUrl = "";
  #tcpUrl = "";

  private constructor() {
    this.#program = this.#run("0", "0");
  }

  static async start(): Promise<ChatServer> {
    const server = new ChatServer();
    await server.#isReady();
    return server;
  }

  /** Where the page is. */
  get pageUrl(): string {
    return this.#pageUrl;
  }

  get lines(): readonly string[] {
    return this.#program.lines;
  }

  /** Ends the process as a crash would. */
  async kill(): Promise<void> {
    this.#program.process.kill("SIGKILL");
    await this.#program.exit();
  }

  async startAgain(): Promise<void> {
    this.#program = this.#run(new URL(this.#pageUrl).port, this.#tcpUrl.split(":").at(-1)!);
    await this.#isReady();
  }

  /** @returns the exit code */
  async stop(): Promise<number | null> {
    this.#program.process.kill("SIGTERM");
    const code = await this.#program.exit();
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }

  #run(port: string, tcpPort: string): Program {
    return new Program(MAIN, ["--data", this.folder, "--port", port, "--tcp-port", tcpPort]);
  }

  async #isReady(): Promise<void> {
    const [, pageUrl = "", tcpUrl = ""] = (await this.#program.line("READY ")).split(" ");
    this.#pageUrl = pageUrl;
    this.#tcpUrl = tcpUrl;
  }
}
