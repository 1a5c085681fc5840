import { ClientError, createImClient, type ImClient } from "@im/client";
import { tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import type { TestContext } from "vitest";

/** A machine that stands still makes sign-ins slow; it must not make them fail. */
const DIAL_TIMEOUT_MS = 20_000;
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];

/** A client of a gateway, what it has heard, and what has happened to it. */
export class User {
  readonly account: string;
  readonly heard: string[] = [];
  /** How often it was online. */
  timesOnline = 0;
  readonly #client: ImClient;

  private constructor(account: string, client: ImClient) {
    this.account = account;
    this.#client = client;
    client.on("said", ({ body }) => void this.heard.push(decoder.decode(body)));
    client.onStatus(({ state }) => {
      if (state === "online") this.timesOnline++;
    });
  }

  /** @param address of WebSocket or TCP */
  static async signIn(
    { onTestFinished }: TestContext,
    account: string,
    address: string,
    device = "phone",
  ): Promise<User> {
    const dialer = address.startsWith("ws") ? wsDialer() : tcpDialer();
    const client = createImClient({ dialer, address, device, token: account, dialTimeoutMs: DIAL_TIMEOUT_MS });
    onTestFinished(() => client.close());
    const user = new User(account, client);
    await client.connect();
    return user;
  }

  get isOnline(): boolean {
    return this.#client.status.state === "online";
  }

  /** Why it has ended; undefined if it has not. */
  get endedBecause(): string | undefined {
    const { status } = this.#client;
    return status.state === "closed" && status.reason instanceof ClientError ? status.reason.code : undefined;
  }

  /** Resolves when it has been pushed to the gateways of all. @throws if it was not */
  async say(text: string, ...receivers: readonly User[]): Promise<void> {
    const dest = receivers.map(({ account }) => account).join();
    const offline = await this.#ask("say", dest, text);
    if (offline !== "") throw new Error(`${offline} is offline`);
  }

  /** The status with which the gateway refuses to say something; undefined if it does not. */
  async refusalOf(text: string, receiver: User): Promise<number | undefined> {
    try {
      await this.say(text, receiver);
      return undefined;
    } catch (error) {
      if (error instanceof ClientError && error.response) return error.response.status;
      throw error;
    }
  }

  /** The gateways at which the directory finds the account. */
  async findsAt(account: string): Promise<readonly string[]> {
    return (await this.#ask("where", account)).split(",").filter((gatewayId) => gatewayId !== "");
  }

  /** The gateway that it is signed in at. */
  gateway(): Promise<string> {
    return this.#ask("which", "");
  }

  async #ask(command: string, dest: string, text = ""): Promise<string> {
    const { body } = await this.#client.request(command, encoder.encode(text), { dest });
    return decoder.decode(body);
  }
}
