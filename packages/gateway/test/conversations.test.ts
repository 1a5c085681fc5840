import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { commands } from "@im/wire";
import { describe, expect, it, onTestFinished } from "vitest";
import { startGateway } from "./support/started-gateway.js";
import { within } from "./support/within.js";

/** What clients in other languages must see, byte for byte; fixtures/README.md explains it. */
interface Conversation {
  readonly name: string;
  readonly steps: readonly { readonly from: "client" | "server"; readonly what: string; readonly frame_hex: string }[];
}

const file = new URL("../../../fixtures/im/conversations.json", import.meta.url);
const conversations: readonly Conversation[] = JSON.parse(readFileSync(file, "utf8"));

/** A gateway whose `chat.user.talk` always answers with the messageId 1 and the sendTime 2. */
async function dialGateway(): Promise<Socket> {
  const { tcp } = await startGateway((gateway) => {
    gateway.handle(commands.chatUserTalk, async (ctx) => {
      const { type, body } = ctx.body;
      const stamp = { messageId: 1n, sendTime: 2n };
      await ctx.push(ctx.dest, commands.chatUserTalk, { ...stamp, type, body, sender: ctx.session.account });
      ctx.respond(stamp);
    });
  });
  const socket = connect(Number(new URL(tcp).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Reads whole frames, as hex. */
async function* framesOf(socket: Socket): AsyncGenerator<string, void> {
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 5 && received.length >= 5 + received.readUInt32BE(1)) {
      const byteLength = 5 + received.readUInt32BE(1);
      yield received.toString("hex", 0, byteLength);
      received = received.subarray(byteLength);
    }
  }
}

async function sendWhole(socket: Socket, frame: Buffer): Promise<void> {
  socket.write(frame);
}

async function sendByteByByte(socket: Socket, frame: Buffer): Promise<void> {
  for (const byte of frame) await new Promise<void>((sent) => socket.write(Uint8Array.of(byte), () => sent()));
}

describe.each([
  { how: "in whole frames", send: sendWhole },
  { how: "byte by byte", send: sendByteByByte },
])("a client that sends $how", ({ send }) => {
  it.each(conversations)("has the conversation: $name", async ({ steps }) => {
    const socket = await dialGateway();
    const frames = framesOf(socket);
    for (const { from, what, frame_hex } of steps) {
      if (from === "client") await send(socket, Buffer.from(frame_hex, "hex"));
      else {
        const { value } = await within(frames.next(), what);
        expect(value, what).toMatch(new RegExp(`^${frame_hex}$`));
      }
    }
    expect(await within(frames.next(), "the end of the connection")).toEqual({ value: undefined, done: true });
  });
});
