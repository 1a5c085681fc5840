import { codeBlocksOf } from "../../support/code-blocks.js";

/** A file of docs/operations.md, with other addresses and waits. */
export class DocumentedFile {
  #text: string;

  /** @param language of its block in the document, which has one of each */
  constructor(language: string) {
    const blocks = codeBlocksOf("docs/operations.md").filter((block) => block.language === language);
    if (blocks.length !== 1) throw new Error(`docs/operations.md has ${blocks.length} blocks in ${language}, not one`);
    this.#text = blocks[0]!.code;
  }

  /** Replaces a text wherever it stands. @throws if the document does not have it */
  replace(documented: string, actual: string): this {
    if (!this.#text.includes(documented)) throw new Error(`docs/operations.md has no "${documented}"`);
    this.#text = this.#text.replaceAll(documented, actual);
    return this;
  }

  replaceAll(pairs: Iterable<readonly [documented: string, actual: string]>): this {
    for (const [documented, actual] of pairs) this.replace(documented, actual);
    return this;
  }

  /** Replaces those that the document has. */
  replaceUpstreams(upstreams: ReadonlyMap<string, string>): this {
    for (const [documented, actual] of upstreams) this.#text = this.#text.replaceAll(documented, actual);
    if (/\b10\.0\.0\.\d/.test(this.#text))
      throw new Error(`no address replaces those that are left in:\n${this.#text}`);
    return this;
  }

  toString(): string {
    return this.#text;
  }
}
