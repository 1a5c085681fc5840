import { createHash } from "node:crypto";
import { within } from "@im/test-support/recorder";
import type { CloseInfo } from "@im/transport-core";
import { expect } from "vitest";
import { frame } from "../support/raw-frames.js";
import type { RawWsPeer } from "../support/raw-ws.js";
import { type ConformanceCase, close, type FrameData, frameData, pieces, type Step } from "./conformance-case.js";
import type { Echo, EchoConnection } from "./echoes.js";

const CLOSE = 8;
const NO_STATUS = 1005;
const emptyClose = frameData(CLOSE);

/** Whether an echo that answers late may end the connection without the last answers. */
export function mayLoseAnswers({ steps, fails, closes }: ConformanceCase): boolean {
  return (fails ?? closes) !== undefined && (steps.at(-1)?.returns?.length ?? 0) > 0;
}

/** Runs a case on a new connection; it rejects if anything else comes back than the case says. */
export async function runCase(echo: Echo, each: ConformanceCase): Promise<void> {
  const { steps, fails, closes } = each;
  const connection = await echo.open();
  const { peer } = connection;
  const encode = encoderFor(echo);
  const mayLose = echo.answersLate && mayLoseAnswers(each);
  let received: FrameData | undefined;
  for (const step of steps) {
    for (const bytes of writesOf(step, encode)) await written(peer, bytes);
    for (const expected of step.returns ?? []) {
      received = await peer.frame();
      if (mayLose && received.opCode === CLOSE) break;
      expectSame(received, expected);
    }
  }
  if (fails === undefined && closes === undefined) peer.send(encode(close(1000)));
  if (received?.opCode !== CLOSE) received = await peer.frame();
  await expectEnd(echo, connection, received, { code: fails ?? closes ?? 1000, clean: fails === undefined });
}

/** Encodes the frames of the peer of this echo. */
export function encoderFor({ isServer }: Echo): (data: FrameData) => Buffer {
  return ({ opCode, payload, fin = true, rsv = 0 }) =>
    frame(opCode, payload, isServer ? { fin, rsv } : { fin, rsv, mask: undefined });
}

/** Ends a connection whose echo has sent this Close: it is the last frame, and the connection ends in order. */
export async function expectEnd(
  { isServer }: Echo,
  { peer, closed }: EchoConnection,
  received: FrameData,
  { code, clean }: Pick<CloseInfo, "code" | "clean">,
): Promise<void> {
  expectSame({ ...received, payload: received.payload.subarray(0, 2) }, code === NO_STATUS ? emptyClose : close(code));
  // The server ends the TCP connection first, unless the client fails the WebSocket connection (RFC 6455 §7.1.1, §7.1.7).
  if (!isServer && clean) peer.hangUp();
  expect(await peer.ended()).toBe("end");
  const frames = await peer.framesUntilEnd();
  expect(frames.at(-1), "nothing follows the Close").toBe(received);
  const maskedAsDue = frames.every(({ masked }) => masked !== isServer);
  expect(maskedAsDue, "clients mask, servers do not").toBe(true);
  peer.hangUp();
  expect(await within(closed(), "the end of the echo")).toMatchObject({ code, clean });
}

function writesOf({ sends, writes, withheldBytes = 0 }: Step, encode: (data: FrameData) => Buffer): Uint8Array[] {
  const frames = sends.map(encode);
  if (writes === "frames") return frames;
  const bytes = Buffer.concat(frames);
  const sent = bytes.subarray(0, bytes.length - withheldBytes);
  return writes === undefined ? [sent] : pieces(sent, writes);
}

/** Resolves when the system has the bytes, so that the next write is a segment of its own if the system sends at once. */
function written(peer: RawWsPeer, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => peer.socket.write(bytes, () => resolve()));
}

export function expectSame(received: FrameData, expected: FrameData): void {
  if (received.opCode === expected.opCode && Buffer.compare(received.payload, expected.payload) === 0) return;
  expect(shown(received)).toBe(shown(expected));
}

/** A frame as a failure shows it: short, however long its payload. */
function shown({ opCode, payload }: FrameData): string {
  const hash = createHash("sha256").update(payload).digest("hex");
  const content = payload.length <= 64 ? Buffer.from(payload).toString("hex") : `sha256 ${hash}`;
  return `opcode ${opCode}, ${payload.length} bytes: ${content}`;
}
