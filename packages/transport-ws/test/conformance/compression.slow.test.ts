import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { echoes } from "./echoes.js";
import { Results } from "./results.js";
import { runCompressedCase } from "./run-compressed-case.js";
import { compressedContent, compressionParameters } from "./sections/compression.js";

const DOCUMENT = fileURLToPath(new URL("../../../../docs/conformance.md", import.meta.url));
const isLong = process.env.LONG_TESTS !== undefined;
/** In the short form, large messages are sent twice, which shows the context, and small ones ten times. */
const countOf = (messageBytes: number) =>
  isLong ? 1_000 : Math.min(10, Math.max(2, Math.floor(32_768 / messageBytes)));

const sections = [compressedContent, compressionParameters];
/** A loop over `readFrame` would show nothing here that it does not show without compression. */
const compressedEchoes = echoes.filter(({ answersLate }) => !answersLate);
const results = new Results(compressedEchoes, sections);

describe.each(compressedEchoes)("$name", (echo) => {
  describe.each(sections)("$title", ({ cases }) => {
    for (const each of cases) {
      it(`${each.id}: ${each.states} (${each.rule})`, { timeout: isLong ? 120_000 : 20_000 }, async () => {
        await runCompressedCase(echo, each, countOf(each.messageBytes));
        results.add(echo, each);
      });
    }
  });
});

it("docs/conformance.md says which cases have passed; vitest --update writes it", async () => {
  const document = results.renderIn(await readFile(DOCUMENT, "utf8"), "compression.slow.test.ts");
  await expect(document).toMatchFileSnapshot(DOCUMENT);
});
