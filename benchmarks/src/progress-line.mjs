/** Shows what is being measured, on a line that the next one replaces; nothing where nobody watches. */
export function progressLine(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
