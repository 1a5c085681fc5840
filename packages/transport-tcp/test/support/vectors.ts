import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The golden frames of kim; fixtures/kim/README.md explains every field. */
export interface FrameVector {
  readonly name: string;
  readonly opcode: number;
  readonly payload_hex?: string;
  readonly payload_len: number;
  readonly payload_pattern?: { readonly len: number };
  readonly frame_hex?: string;
  readonly frame_len: number;
  readonly frame_sha256: string;
}

export interface OddFrameVector {
  readonly name: string;
  readonly target: string;
  readonly category: string;
  readonly result: "accept" | "reject";
  readonly input_hex: string;
  readonly unread_bytes: number;
  readonly decoded: { readonly opcode: number; readonly payload_hex: string };
}

function load<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../../../../fixtures/kim/${file}.json`, import.meta.url), "utf8"));
}

export const frameVectors = load<FrameVector[]>("tcp-frame");
export const oddFrameVectors = load<OddFrameVector[]>("invalid").filter(({ target }) => target === "tcp.ReadFrame");

export function payloadOf({ payload_hex, payload_pattern }: FrameVector): Uint8Array {
  if (payload_hex !== undefined) return Buffer.from(payload_hex, "hex");
  return Uint8Array.from({ length: payload_pattern!.len }, (_, i) => i * 31 + 7);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
