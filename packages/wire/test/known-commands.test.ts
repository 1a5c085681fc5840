import { createLogicPkt, marshal, read } from "@im/wire";
import { peekCommand, scan } from "@im/wire/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** What each way of reading a packet says that its command is. */
const readings = (packet: Uint8Array) => [read(packet), scan(packet), { command: peekCommand(packet) }];
const commandsRead = (packet: Uint8Array) => readings(packet).map((one) => "command" in one && one.command);
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

  it("do not change with the bytes that they were read from", () => {
    const first = marshal(createLogicPkt({ command: "chat.user.talk" }));
    const again = first.slice();
    read(first);
    first.fill(0x62, 10, 24);
    expect(peekCommand(first)).toBe("b".repeat(14));
    expect(commandsRead(again)).toEqual(["chat.user.talk", "chat.user.talk", "chat.user.talk"]);
  });
});
