import { closePayload } from "@im/test-support/raw-peer";
import type { FrameShape } from "../support/raw-frames.js";

/** A frame as a case writes it down; the peer masks it if it is a client. */
export interface FrameData extends Pick<FrameShape, "fin" | "rsv"> {
  readonly opCode: number;
  readonly payload: Uint8Array;
}

/** What the peer sends, and what must come back before it goes on. */
export interface Step {
  readonly sends: readonly FrameData[];
  /** What leaves in one write: all, one frame, or so many bytes. @default all */
  readonly writes?: "frames" | number;
  /** So many bytes at the end are not sent. @default 0 */
  readonly withheldBytes?: number;
  /** Exactly these, in this order. @default nothing */
  readonly returns?: readonly FrameData[];
}

/**
 * One rule of the protocol, as an exchange with an echo: whole messages come back as one frame each, of the same opcode.
 *
 * How it ends: with `fails` by a Close of the echo, at once; with `closes` by its answer to a Close that is among the frames
 * sent. Without either, the peer closes with 1000 after the last step. Nothing may follow the Close of the echo.
 */
export interface ConformanceCase {
  /** Never changes: the section, and a name in it. */
  readonly id: string;
  readonly states: string;
  readonly rule: string;
  readonly steps: readonly Step[];
  readonly fails?: number;
  readonly closes?: number;
}

export interface Section {
  readonly title: string;
  readonly rules: string;
  readonly cases: readonly ConformanceCase[];
}

type Content = string | Uint8Array;
type Shape = Pick<FrameShape, "fin" | "rsv">;

export function frameData(opCode: number, content: Content = "", shape: Shape = {}): FrameData {
  return { opCode, payload: typeof content === "string" ? Buffer.from(content) : content, ...shape };
}

export const continuation = (content?: Content, shape?: Shape) => frameData(0, content, shape);
export const text = (content?: Content, shape?: Shape) => frameData(1, content, shape);
export const binary = (content?: Content, shape?: Shape) => frameData(2, content, shape);
export const ping = (content?: Content, shape?: Shape) => frameData(9, content, shape);
export const pong = (content?: Content, shape?: Shape) => frameData(10, content, shape);
export const close = (code: number, reason?: string) => frameData(8, closePayload(code, reason));

/** Says that more fragments follow. */
export const unfinished = { fin: false };

/** A message of these fragments. */
export function fragmented({ opCode }: FrameData, pieces: readonly Content[]): FrameData[] {
  return pieces.map((piece, i) => frameData(i === 0 ? opCode : 0, piece, { fin: i === pieces.length - 1 }));
}

/** The bytes in pieces of this length; the last may be shorter. */
export function pieces(bytes: Uint8Array, length: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}

/** Exactly so many bytes of UTF-8, with characters of one to four bytes. */
export function textOfBytes(byteLength: number): Uint8Array {
  const pattern = Buffer.from("Grüße, 世界 👋! ");
  const wholeBytes = byteLength - (byteLength % pattern.length);
  return Buffer.alloc(byteLength, ".").fill(pattern, 0, wholeBytes);
}

/** Bytes of every value, in no period that a power of two divides. */
export function bytesOfLength(byteLength: number): Uint8Array {
  return Buffer.alloc(
    byteLength,
    Uint8Array.from({ length: 257 }, (_, i) => i * 7),
  );
}

/** A Greek word of characters of two and three bytes. */
export const greekWord = Buffer.from("κ\u1f79σμε");
