/** What Postgres cannot keep in a text besides U+0000: halves of surrogate pairs. U+FFFF begins what stands for them. */
const unstorable = /[\p{Surrogate}\uFFFF]/gu;
const replaced = /\uFFFF([0-9a-f]{4})/g;

/** A text as it is kept: almost always itself. No two texts are kept alike. */
export function storable(text: string): string {
  return text.replace(unstorable, (unit) => `\uFFFF${unit.charCodeAt(0).toString(16)}`).replaceAll("\0", "\uFFFF0000");
}

/** The text that {@link storable} was given. */
export function restored(kept: string): string {
  return kept.replace(replaced, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
