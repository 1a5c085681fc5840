import { readFileSync } from "node:fs";
import type { Header } from "@im/wire";

/** The golden bytes of kim; fixtures/kim/README.md explains every field. */
export interface LogicVector {
  readonly name: string;
  readonly header: Header;
  readonly header_hex: string;
  readonly body_hex?: string;
  readonly body_pattern?: Pattern;
  readonly body_message?: { readonly type: string; readonly value: Record<string, unknown> };
  readonly packet_hex?: string;
  readonly packet_len: number;
  readonly packet_sha256: string;
}

export interface BasicVector {
  readonly name: string;
  readonly code: number;
  readonly length: number;
  readonly body_hex?: string;
  readonly body_pattern?: Pattern;
  readonly packet_hex?: string;
  readonly packet_len: number;
  readonly packet_sha256: string;
}

export interface OddVector {
  readonly name: string;
  readonly target: "pkt.Read" | "pkt.Marshal" | "tcp.ReadFrame";
  readonly category: string;
  readonly result: "accept" | "reject";
  readonly input_hex: string;
  readonly unread_bytes: number;
  readonly remarshal_hex: string;
  readonly decoded:
    | { readonly kind: "logic"; readonly header: Header; readonly body_hex: string }
    | { readonly kind: "basic"; readonly code: number; readonly length: number; readonly body_hex: string };
}

export interface Field {
  readonly name: string;
  readonly number: number;
  readonly kind: string;
}

export interface Constants {
  readonly commands: Record<string, string>;
  readonly basic_codes: Record<string, number>;
  readonly magic_hex: Record<string, string>;
  readonly meta_keys: Record<string, string>;
  readonly message_types: Record<string, number>;
  readonly enums: Record<string, readonly { readonly name: string; readonly value: number }[]>;
  readonly header_fields: readonly Field[];
  readonly meta_fields: readonly Field[];
  readonly message_fields: Record<string, readonly Field[]>;
  readonly service_name_of_command: Record<string, string>;
  readonly sequence: { readonly after: number; readonly then: number };
}

interface Pattern {
  readonly len: number;
}

function load<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/kim/${file}.json`, import.meta.url), "utf8"));
}

export const logicVectors = load<LogicVector[]>("logic-pkt");
export const basicVectors = load<BasicVector[]>("basic-pkt");
export const oddVectors = load<OddVector[]>("invalid");
export const constants = load<Constants>("commands");

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function bodyOf(vector: { readonly body_hex?: string; readonly body_pattern?: Pattern }): Uint8Array {
  if (vector.body_hex !== undefined) return fromHex(vector.body_hex);
  return Uint8Array.from({ length: vector.body_pattern?.len ?? 0 }, (_, i) => i * 31 + 7);
}
