import { createInterface, type Interface } from "node:readline";
import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Reads and prints lines. Printing keeps the line that is being typed. */
export class Screen {
  readonly #input: Interface;
  readonly #isTerminal = process.stdout.isTTY;

  constructor() {
    this.#input = createInterface({ input: process.stdin, output: process.stdout, terminal: this.#isTerminal });
  }

  /** What is typed, line by line, until the end of the input. */
  lines(): AsyncIterable<string> {
    this.#input.prompt();
    return this.#input;
  }

  print(text: string): void {
    // Over the prompt, which is drawn again below, with what was typed.
    if (this.#isTerminal) process.stdout.write("\r\x1b[K");
    console.log(text);
    if (this.#isTerminal) this.#input.prompt(true);
  }

  /** Sets the prompt, which names the conversation. */
  prompt(text: string): void {
    this.#input.setPrompt(this.#isTerminal ? `${printable(text)}> ` : "");
    if (this.#isTerminal) this.#input.prompt(true);
  }

  paint(style: Style, text: string): string {
    return this.#isTerminal && !process.env.NO_COLOR ? styleText(style, text) : text;
  }

  close(): void {
    this.#input.close();
  }
}

/** Text of other people without control characters, which could move the cursor or change what is on the screen. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === "\n" ? "\n    " : ""));
}
