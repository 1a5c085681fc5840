import { createLogicPkt, marshal, read } from "@im/wire";
import { peekCommand, scan } from "@im/wire/codec";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";

/** What each way of reading a packet says that its command is. */
const readings = (packet: Uint8Array) => [read(packet), scan(packet), { command: peekCommand(packet) }];
const commandsRead = (packet: Uint8Array) => readings(packet).map((one) => "command" in one && one.command);
/** Behind magic and length. */
const HEADER_START = 8;
/** A packet around a header, without a body. */
const packetAround = (header: Uint8Array) =>
  Uint8Array.of(0xc3, 0x11, 0xa3, 0x65, 0, 0, 0, header.length, ...header, 0, 0, 0, 0);
const field = (tag: number, text: string) => [tag, text.length, ...new TextEncoder().encode(text)];
/** Few letters and lengths, so that many are alike where the table looks. */
const alike = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "é"), maxLength: 5 }), { maxLength: 50 });

describe("commands, of which readers remember some", () => {
  it("are the ones that were sent, in any order and again", () => {
    fc.assert(
      fc.property(alike, (commands) => {
        for (const command of [...commands, ...commands]) {
          expect(commandsRead(marshal(createLogicPkt({ command })))).toEqual([command, command, command]);
        }
      }),
    );
  });

  it.each([1, 2, 31, 32, 33])("of %d characters that differ in one are different", (length) => {
    for (let at = 0; at < length; at++) {
      for (const character of ["x", "y", "\u007f", "ÿ"]) {
        const command = `${"a".repeat(at)}${character}${"a".repeat(length - at - 1)}`;
        expect(commandsRead(marshal(createLogicPkt({ command })))).toEqual([command, command, command]);
      }
    }
  });

  it("are not taken for others that have the same place in the table, nor with the bytes before them", async () => {
    // Pairs of these have the same length and ending, or are what the other is with the end of the field before it.
    const commands = ["abaaab", "ab\n\u0006ab", "aa\n\u0006ab", "a\u0006\naab"];
    commands.push("aaa\0\0\0", "abb\0\0\0", "ab\0\0\0\0", "a\0\0\0\0\0", "\0\0\0\0\0\0");
    for (const channelId of ["", "xxab", "xbaa"]) {
      for (const first of commands) {
        vi.resetModules();
        const { readCommand } = await import("../src/header/read-command.js");
        const readBehindChannelId = (command: string) => {
          const packet = packetAround(Uint8Array.of(...field(18, channelId), ...field(10, command)));
          return readCommand(packet, HEADER_START, packet.length - 4);
        };
        for (const second of commands) {
          expect([readBehindChannelId(first), readBehindChannelId(second)]).toEqual([first, second]);
        }
      }
    }
  });

  it("are found behind a tag that is not minimal", () => {
    const header = Uint8Array.of(0x8a, 0x00, 3, 0x61, 0x2e, 0x62);
    expect(commandsRead(packetAround(header))).toEqual(["a.b", "a.b", "a.b"]);
  });

  it("do not change with the bytes that they were read from", () => {
    const first = marshal(createLogicPkt({ command: "chat.user.talk" }));
    const again = first.slice();
    read(first);
    first.fill(0x62, 10, 24);
    expect(peekCommand(first)).toBe("b".repeat(14));
    expect(commandsRead(again)).toEqual(["chat.user.talk", "chat.user.talk", "chat.user.talk"]);
  });
});
