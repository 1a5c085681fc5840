import assert from "node:assert/strict";
import { measureInProcess } from "../in-process-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";

const program = new URL("../codec/codec-case.mjs", import.meta.url);
const codec = (name) => new URL(`../codec/${name}.mjs`, import.meta.url).href;

const peers = {
  protobufEs: { label: "protobuf-es", codec: codec("protobuf-es") },
  protobufjs: { label: "protobufjs, static code", codec: codec("protobufjs") },
  json: { label: "JSON", codec: codec("json"), otherBytes: true },
};
const contestants = { wire: { label: "@im/wire", codec: codec("wire"), ours: true }, ...peers };

const besideBoth = [
  { label: "beside protobuf-es", ours: "wire", peer: "protobufEs", atLeast: 4 },
  { label: "beside protobufjs", ours: "wire", peer: "protobufjs", atLeast: 2 },
  { label: "beside JSON", ours: "wire", peer: "json" },
];

const operations = [
  { title: "LogicPkt: encode", operation: "encode", contestants, comparisons: besideBoth },
  { title: "LogicPkt: decode", operation: "decode", contestants, comparisons: besideBoth },
  {
    title: "LogicPkt: read the command, to pass the bytes on",
    operation: "forward",
    contestants: {
      wire: { ...contestants.wire, label: "@im/wire, scan" },
      wirePeek: { ...contestants.wire, label: "@im/wire, peekCommand", operation: "peek" },
      ...peers,
    },
    comparisons: [
      { label: "scan beside protobuf-es", ours: "wire", peer: "protobufEs", atLeast: 8 },
      { label: "peekCommand beside protobuf-es", ours: "wirePeek", peer: "protobufEs", atLeast: 8 },
      { label: "scan beside protobufjs", ours: "wire", peer: "protobufjs" },
    ],
  },
  {
    title: "LogicPkt: pass it on with another channelId",
    operation: "stamp",
    contestants: { ...contestants, wire: { ...contestants.wire, label: "@im/wire, restamp" } },
    comparisons: [
      { label: "restamp beside protobuf-es", ours: "wire", peer: "protobufEs" },
      { label: "restamp beside protobufjs", ours: "wire", peer: "protobufjs" },
    ],
  },
];

export const codecs = {
  name: "codec",
  title: "Codec",
  about: "A LogicPkt with a header of 46 bytes and a body of 128; one process for each case and round.",
  async run({ rounds, inProcess, progress }) {
    const tables = [];
    for (const { title, operation, contestants, comparisons } of operations) {
      const measure = (contestant) => measureInProcess(program, { operation, ...contestant, ...inProcess });
      const runs = await pairedRounds(contestants, rounds, measure, progress);
      checkSameBytes(contestants, runs);
      const columns = [{ figure: "nsEach", label: "time per packet", unit: "ns" }];
      tables.push(tableOfRuns({ title, contestants, runs, columns, comparisons }));
    }
    return tables;
  },
};

/** All that write LogicPkt must write the same one. */
function checkSameBytes(contestants, runs) {
  for (const [id, { otherBytes }] of Object.entries(contestants)) {
    if (!otherBytes) assert.equal(runs[id][0].packetHex, runs.wire[0].packetHex, `${id} writes other bytes`);
  }
}
