import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { echoes } from "./echoes.js";
import { Results } from "./results.js";
import { mayLoseAnswers, runCase } from "./run-case.js";
import { automaticFragmentation } from "./sections/automatic-fragmentation.js";
import { closing } from "./sections/closing.js";
import { dataFraming } from "./sections/data-framing.js";
import { fragmentation } from "./sections/fragmentation.js";
import { largeMessages } from "./sections/large-messages.js";
import { pingsAndPongs } from "./sections/pings-and-pongs.js";
import { reservedBits } from "./sections/reserved-bits.js";
import { reservedOpcodes } from "./sections/reserved-opcodes.js";
import { utf8 } from "./sections/utf8.js";

const DOCUMENT = fileURLToPath(new URL("../../../../docs/conformance.md", import.meta.url));

const sections = [
  dataFraming,
  pingsAndPongs,
  reservedBits,
  reservedOpcodes,
  fragmentation,
  utf8,
  closing,
  largeMessages,
  automaticFragmentation,
];

const results = new Results(echoes, sections, (echo, each) => echo.answersLate && mayLoseAnswers(each));

describe.each(echoes)("$name", (echo) => {
  describe.each(sections)("$title", ({ cases }) => {
    for (const each of cases) {
      it(`${each.id}: ${each.states} (${each.rule})`, async () => {
        await runCase(echo, each);
        results.add(echo, each);
      });
    }
  });
});

it("no two cases have one id", () => {
  const ids = sections.flatMap(({ cases }) => cases.map(({ id }) => id));
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});

it("docs/conformance.md says which cases have passed; vitest --update writes it", async () => {
  const document = results.renderIn(await readFile(DOCUMENT, "utf8"), "conformance.slow.test.ts");
  await expect(document).toMatchFileSnapshot(DOCUMENT);
});
