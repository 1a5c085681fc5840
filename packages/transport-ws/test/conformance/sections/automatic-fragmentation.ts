import { fragmented, pieces, type Section, text, textOfBytes } from "../conformance-case.js";

const rule = "RFC 6455 §5.4";
const message = text(textOfBytes(65_536));

export const automaticFragmentation: Section = {
  title: "Automatic fragmentation",
  rules: rule,
  cases: [
    {
      id: "automatic/text-1300",
      states: "a text of 65536 bytes, sent in fragments of 1300 as a stack of fixed buffers does, comes back",
      rule,
      steps: [{ sends: fragmented(message, pieces(message.payload, 1_300)), returns: [message] }],
    },
  ],
};
