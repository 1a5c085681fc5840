// The layout of a LogicPkt around a protobuf header, for codecs that know protobuf only.

const MAGIC = 0xc311a365;

export function joinPacket(header, body) {
  const bytes = Buffer.allocUnsafe(12 + header.length + body.length);
  bytes.writeUInt32BE(MAGIC, 0);
  bytes.writeUInt32BE(header.length, 4);
  bytes.set(header, 8);
  bytes.writeUInt32BE(body.length, 8 + header.length);
  bytes.set(body, 12 + header.length);
  return bytes;
}

/** @param bytes a Buffer */
export function splitPacket(bytes) {
  if (bytes.readUInt32BE(0) !== MAGIC) throw new Error("not a LogicPkt");
  const headerEnd = 8 + bytes.readUInt32BE(4);
  const bodyEnd = headerEnd + 4 + bytes.readUInt32BE(headerEnd);
  return { header: bytes.subarray(8, headerEnd), body: bytes.subarray(headerEnd + 4, bodyEnd) };
}
