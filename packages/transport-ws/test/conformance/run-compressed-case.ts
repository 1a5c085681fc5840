import { expect } from "vitest";
import { COMPRESSED, RSV1 } from "../support/compressed.js";
import type { AgreedParameters, CompressedCase } from "./compressed-case.js";
import { CompressedMessages } from "./compressed-messages.js";
import { close, fragmented, frameData, pieces } from "./conformance-case.js";
import type { Compression, Echo } from "./echoes.js";
import { encoderFor, expectEnd, expectSame } from "./run-case.js";

/** Every message is compressed, and each side may keep its context. */
const perMessageDeflate = { threshold: 0, serverNoContextTakeover: false, clientNoContextTakeover: false };

/** Sends so many messages of a case on a new connection; it rejects if one comes back as another. */
export async function runCompressedCase(echo: Echo, each: CompressedCase, count: number): Promise<void> {
  const connection = await echo.open(compressionOf(echo, each.parameters));
  const { peer, agreedExtensions } = connection;
  expectAgreed(echo, agreedExtensions, each.parameters);
  const [sent, returned] = echo.isServer ? (["client", "server"] as const) : (["server", "client"] as const);
  const outgoing = new CompressedMessages(agreedExtensions, sent);
  const incoming = new CompressedMessages(agreedExtensions, returned);
  const encode = encoderFor(echo);
  for (let i = 0; i < count; i++) {
    const message = frameData(each.opCode, each.message(i));
    const payload = outgoing.write(message.payload);
    const [first, ...rest] = fragmented(message, pieces(payload, each.fragmentBytes ?? payload.length));
    peer.send(...[{ ...first!, rsv: RSV1 }, ...rest].map(encode));
    const { opCode, payload: echoed } = await peer.frame();
    expect(opCode, "a compressed message of the same kind").toBe(COMPRESSED | each.opCode);
    expectSame({ ...message, payload: incoming.read(echoed) }, message);
  }
  peer.send(encode(close(1000)));
  await expectEnd(echo, connection, await peer.frame(), { code: 1000, clean: true });
}

/** The peer asks the echo for these parameters; a server does so by its answer (RFC 7692 §7.1). */
function compressionOf({ isServer }: Echo, { declined = [], ...parameters }: AgreedParameters): Compression {
  const side = isServer ? "server" : "client";
  const asked = ["permessage-deflate", ...namesOf(side, parameters)];
  if (isServer) asked.push("client_max_window_bits");
  else if (declined.length > 0) asked.push(...namesOf("server", parameters));
  const offers = isServer ? [...declined, asked.join("; "), "permessage-deflate"] : [asked.join("; ")];
  return { perMessageDeflate, extensions: offers.join(", ") };
}

function namesOf(side: "server" | "client", { noContextTakeover, maxWindowBits }: AgreedParameters): string[] {
  const names = noContextTakeover ? [`${side}_no_context_takeover`] : [];
  return maxWindowBits ? [...names, `${side}_max_window_bits=${maxWindowBits}`] : names;
}

function expectAgreed({ isServer }: Echo, agreed: string, parameters: AgreedParameters): void {
  const names = namesOf(isServer ? "server" : "client", parameters);
  expect(agreed.split("; ")).toEqual(expect.arrayContaining(["permessage-deflate", ...names]));
}
