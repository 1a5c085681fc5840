const of = (folder, names) => names.map((name) => `packages/${folder}/${name}.ts`);

/** Framing, and the codec of headers. */
export const mutatedFiles = [
  ...of("transport-core/src", ["close-payload", "conn/stream-decoder"]),
  ...of("transport-tcp/src/framing", ["frame-decoder", "frame-encoder"]),
  ...of("transport-ws/src/framing", [
    "check-text",
    "fragmented-message",
    "frame-decoder",
    "frame-header",
    "mask",
    "partial-text",
  ]),
  ...of("wire/src/codec", ["bytes", "packet-layout"]),
  ...of("wire/src/header", ["header-error", "header-tags", "read-command", "read-header", "read-meta", "write-header"]),
  ...of("wire/src/protobuf", ["utf8", "varint", "write-field"]),
];
