const of = (folder, names) => names.map((name) => `packages/${folder}/${name}.ts`);

/** Framing. */
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
];
