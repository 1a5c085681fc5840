// No shortcuts here: texts are left to the platform's decoder.

export function readShortText(_bytes: Uint8Array, _at: number, _length: number): string | undefined {
  return undefined;
}

export { readShortText as readShortCommand };
