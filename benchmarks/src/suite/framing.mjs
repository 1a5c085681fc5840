import { chunkings } from "../framing/frame-stream.mjs";
import { measureInProcess } from "../in-process-measurement.mjs";
import { pairedRounds } from "../paired-rounds.mjs";
import { tableOfRuns } from "../table-of-runs.mjs";

const program = new URL("../framing/framing-case.mjs", import.meta.url);
const decoder = (name) => new URL(`../framing/${name}.mjs`, import.meta.url).href;

const contestants = {
  imTcp: { label: "@im/transport-tcp", decoder: decoder("im-tcp"), ours: true },
  concatenation: { label: "Buffer.concat", decoder: decoder("concatenation") },
  wsReceiver: { label: "ws's Receiver", decoder: decoder("ws-receiver") },
};

const comparisons = [
  { label: "beside Buffer.concat", ours: "imTcp", peer: "concatenation" },
  { label: "beside ws's Receiver", ours: "imTcp", peer: "wsReceiver" },
];

export const framing = {
  name: "framing",
  title: "Framing",
  about: "Finding frames of 200 bytes in a stream; one process for each case and round.",
  async run({ rounds, inProcess, progress }) {
    const tables = [];
    for (const chunking of chunkings) {
      const measure = ({ decoder }) => measureInProcess(program, { decoder, chunking, ...inProcess });
      const runs = await pairedRounds(contestants, rounds, measure, progress);
      const columns = [{ figure: "nsEach", label: "time per frame", unit: "ns" }];
      const title = `Frames in chunks: ${chunking}`;
      tables.push(tableOfRuns({ title, contestants, runs, columns, comparisons }));
    }
    return tables;
  },
};
