const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}

export function textOf(payload: Uint8Array): string {
  return decoder.decode(payload);
}

/** A payload in which a byte that is moved, lost or changed shows. */
export function patterned(length: number, seed = 0): Uint8Array {
  const payload = new Uint8Array(length);
  // 251 is prime, so that the pattern meets no boundary that is a power of two twice in the same way.
  for (let index = 0; index < length; index++) payload[index] = (index + seed) % 251;
  return payload;
}

/** Four bytes or more that begin with a number. */
export function numbered(number: number, length = 4): Uint8Array {
  const payload = new Uint8Array(length);
  new DataView(payload.buffer).setUint32(0, number);
  return payload;
}

export function numberOf(payload: Uint8Array): number {
  return new DataView(payload.buffer, payload.byteOffset).getUint32(0);
}

/** 0, 1, 2 … as many as asked for. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
