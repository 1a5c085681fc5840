import { readFileSync } from "node:fs";
import { marshal, read } from "@im/wire";
import { decodeBody, MessageReqSchema } from "@im/wire/messages";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "./vectors.js";

const page = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```hex\n(.*?)```/gs)].map(([, block = ""]) =>
  fromHex(block.replace(/#.*|\s/g, "")),
);
/** Opcode 2 stands for a TCP frame: five bytes, then a packet. */
const packets = examples.map((bytes) => (bytes[0] === 2 ? bytes.subarray(5) : bytes));

describe("the hex examples of docs/protocol.md", () => {
  it("are packets, written as we write them", () => {
    expect(packets.length).toBeGreaterThanOrEqual(5);
    for (const bytes of packets) expect(toHex(marshal(read(bytes)))).toBe(toHex(bytes));
  });

  it("say what the page says", () => {
    const talk = read(packets[0]!);
    expect(talk).toMatchObject({ command: "chat.user.talk", sequence: 10, dest: "test2" });
    expect(decodeBody(MessageReqSchema, talk.body)).toMatchObject({ type: 1, body: "hello 世界 👋", extra: '{"a":1}' });
  });

  it("frame a packet with its length", () => {
    const frame = examples.find((bytes) => bytes[0] === 2)!;
    expect(new DataView(frame.buffer).getUint32(1)).toBe(frame.length - 5);
  });
});
