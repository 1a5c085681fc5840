// A user of the service, on whichever transport the dialer brings.
import { createClient } from "@im/client";
import { commands, createRequest, Flag, marshal, read, Sequence, Status } from "@im/wire";
import { decodeBody, encodeBody, MessagePushSchema, MessageReqSchema, MessageType } from "@im/wire/messages";
import { tokenDialer } from "../login/token-dialer.mjs";

export class ChatUser {
  #client;
  #sequence = new Sequence();
  #hears;
  /** Requests that wait for their response, by sequence. */
  #waiting = new Map();

  constructor(name, dialer, hears) {
    this.name = name;
    this.#client = createClient({ name, dialer: tokenDialer(dialer, name, this.#sequence) });
    this.#hears = hears;
  }

  async connect(address) {
    await this.#client.connect(address);
    this.#listen().catch((error) => this.#hears("the line", error.message));
  }

  /** Resolves, with how long it took in milliseconds, when the service has accepted the message. */
  async talk(dest, text) {
    const body = encodeBody(MessageReqSchema, { type: MessageType.Text, body: text });
    const request = createRequest({ command: commands.chatUserTalk, dest, body }, this.#sequence);
    const startMs = performance.now();
    this.#client.send(marshal(request));
    const response = await new Promise((resolve) => this.#waiting.set(request.sequence, resolve));
    if (response.status !== Status.Success) throw new Error(`the service answered with status ${response.status}`);
    return performance.now() - startMs;
  }

  close() {
    return this.#client.close();
  }

  async #listen() {
    for await (const { payload } of this.#client) {
      const packet = read(payload);
      if (packet.kind !== "logic") continue;
      if (packet.flag === Flag.Push) {
        const { sender, body } = decodeBody(MessagePushSchema, packet.body);
        this.#hears(sender, body);
      } else {
        this.#waiting.get(packet.sequence)?.(packet);
        this.#waiting.delete(packet.sequence);
      }
    }
  }
}
