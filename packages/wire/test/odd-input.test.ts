import { createLogicPkt, marshal, type Packet, PacketReader, read, type WireErrorCode } from "@im/wire";
import { describe, expect, it } from "vitest";
import { fromHex, oddVectors, toHex } from "./vectors.js";

const reads = oddVectors.filter((vector) => vector.target === "pkt.Read");
const rejected = reads.filter((vector) => vector.result === "reject");
const accepted = reads.filter((vector) => vector.result === "accept");

/** What each category of refused input is to us. A length is too large before it is too long for the input. */
const codesOf: Record<string, readonly WireErrorCode[]> = {
  truncated: ["IM_ERR_TRUNCATED"],
  bad_magic: ["IM_ERR_MAGIC"],
  length_beyond_input: ["IM_ERR_TRUNCATED", "IM_ERR_HEADER_TOO_LARGE", "IM_ERR_BODY_TOO_LARGE"],
  // Where the header is said to be shorter than it is, its rest is read as the body's length.
  invalid_protobuf: ["IM_ERR_HEADER_INVALID", "IM_ERR_BODY_TOO_LARGE"],
  invalid_utf8: ["IM_ERR_HEADER_INVALID"],
};

describe("odd and broken packets: kim's verdict is ours", () => {
  it("are all here", () => expect([rejected.length, accepted.length]).toEqual([72, 35]));

  it.each(rejected)("refused: $category, $name", ({ category, input_hex }) => {
    const input = fromHex(input_hex);
    expect(codesOf[category]).toContain(codeOf(() => read(input)));
  });

  it.each(rejected.filter(({ input_hex }) => input_hex !== ""))(
    "refused in a stream: $name",
    ({ category, input_hex }) => {
      const reader = new PacketReader();
      const packets: Packet[] = [];
      const code = codeOf(() => {
        reader.feed(fromHex(input_hex), (packet) => packets.push(packet));
        // A cut packet makes a reader wait; the end of the stream makes it an error.
        reader.end();
      });
      expect(codesOf[category]).toContain(code);
      expect(packets).toEqual([]);
    },
  );

  it.each(accepted)("accepted: $category, $name", ({ input_hex, decoded, remarshal_hex, unread_bytes }) => {
    const input = fromHex(input_hex);
    const packet = read(input);
    expect(summary(packet)).toEqual(decoded);
    expect(toHex(marshal(packet))).toBe(remarshal_hex);
    expect(input.length - bytesUntilFirstPacket(input)).toBe(unread_bytes);
  });

  it("a header without UTF-8 is refused, and nothing of the packet is returned", () => {
    expect(oddVectors.filter((vector) => vector.target === "pkt.Marshal")).toHaveLength(1);
    // The vector's bytes 61 ff are no JavaScript string; a lone surrogate is what has no UTF-8 here.
    expect(codeOf(() => marshal(createLogicPkt({ command: "a\ud800" })))).toBe("IM_ERR_PACKET_INVALID");
  });
});

function codeOf(action: () => unknown): WireErrorCode | undefined {
  try {
    action();
  } catch (error) {
    return (error as { code?: WireErrorCode }).code;
  }
  return undefined;
}

/** A packet in the form of the vectors. */
function summary(packet: Packet): unknown {
  const body_hex = toHex(packet.body);
  if (packet.kind === "basic") return { kind: "basic", code: packet.code, length: packet.body.length, body_hex };
  const { command, channelId, sequence, flag, status, dest } = packet;
  const meta = packet.meta.map(({ key, value, type }) => ({ key, value, type }));
  return { kind: "logic", header: { command, channelId, sequence, flag, status, dest, meta }, body_hex };
}

/** Feeds byte after byte, as a slow peer would, until a packet comes out. */
function bytesUntilFirstPacket(input: Uint8Array): number {
  const reader = new PacketReader();
  let found = false;
  let at = 0;
  while (!found) {
    reader.feed(input.subarray(at, ++at), () => {
      found = true;
    });
  }
  return at;
}
