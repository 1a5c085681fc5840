import { context, startRawServer } from "@im/test-support/raw-peer";
import { describe, expect, it, onTestFinished } from "vitest";
import { type PerMessageDeflateOptions, wsDialer } from "../../src/index.js";
import { offering, start } from "../support/compressed.js";
import { agreement, connect, RawWsPeer } from "../support/raw-ws.js";

const withContext = { serverNoContextTakeover: false, clientNoContextTakeover: false };

/** What a server answers to an upgrade request with these offers. */
async function answerTo(offers: string, perMessageDeflate: boolean | PerMessageDeflateOptions = withContext) {
  const { port } = await start({ perMessageDeflate });
  const peer = await connect(port);
  peer.send(offering(offers));
  const head = await peer.head();
  return /^Sec-WebSocket-Extensions: (.*)$/im.exec(head)?.[1]?.trim() ?? head.split(" ")[1]!;
}

describe("a server answers an offer of compression", () => {
  it.each<[string, PerMessageDeflateOptions | boolean, string]>([
    ["permessage-deflate", withContext, "permessage-deflate"],
    ["permessage-deflate; client_max_window_bits", withContext, "permessage-deflate"],
    ["permessage-deflate", true, "permessage-deflate; server_no_context_takeover; client_no_context_takeover"],
    [
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
      withContext,
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
    ],
    ["permessage-deflate; server_max_window_bits=10", withContext, "permessage-deflate; server_max_window_bits=10"],
    ['permessage-deflate; server_max_window_bits="10"', withContext, "permessage-deflate; server_max_window_bits=10"],
    ["permessage-deflate; server_max_window_bits=15", withContext, "permessage-deflate; server_max_window_bits=15"],
    ["permessage-deflate; client_max_window_bits=9", withContext, "permessage-deflate; client_max_window_bits=9"],
    [
      "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12",
      { ...withContext, serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
      "permessage-deflate; server_max_window_bits=9; client_max_window_bits=10",
    ],
    [
      "permessage-deflate; server_max_window_bits=9; client_max_window_bits=8",
      { ...withContext, serverMaxWindowBits: 12, clientMaxWindowBits: 12 },
      "permessage-deflate; server_max_window_bits=9; client_max_window_bits=8",
    ],
    [
      "permessage-deflate",
      { ...withContext, serverMaxWindowBits: 11 },
      "permessage-deflate; server_max_window_bits=11",
    ],
    // Of several offers it takes the first that it can, and it does not know the others (RFC 7692 §5.2).
    [
      "x-other; a=1, permessage-deflate; server_max_window_bits=16, permessage-deflate",
      withContext,
      "permessage-deflate",
    ],
    [
      "permessage-deflate, permessage-deflate; client_max_window_bits",
      { ...withContext, clientMaxWindowBits: 9 },
      "permessage-deflate; client_max_window_bits=9",
    ],
  ])("%s, with the options %j: %s", async (offers, options, answer) => {
    expect(await answerTo(offers, options)).toBe(answer);
  });

  it.each([
    ["an unknown parameter", "permessage-deflate; level=9"],
    ["a value where there is none", "permessage-deflate; server_no_context_takeover=1"],
    ["a missing value", "permessage-deflate; server_max_window_bits"],
    ["a window of 7 bits", "permessage-deflate; server_max_window_bits=7"],
    ["a window of 16 bits", "permessage-deflate; client_max_window_bits=16"],
    ["a leading zero", "permessage-deflate; client_max_window_bits=08"],
    ["no number", "permessage-deflate; client_max_window_bits=ten"],
    ["a repeated parameter", "permessage-deflate; client_no_context_takeover; client_no_context_takeover"],
    ["another extension", "permessage-bzip2"],
  ])("declines %s, and goes on without compression (RFC 7692 §7.1)", async (_, offers) => {
    expect(await answerTo(offers)).toBe("101");
  });

  it("declines a client that cannot limit its window, if the server asks for that", async () => {
    expect(await answerTo("permessage-deflate", { clientMaxWindowBits: 10 })).toBe("101");
  });

  it.each([";", "permessage-deflate;", "permessage-deflate; a=", 'permessage-deflate; a="', "a b"])(
    "that is malformed, %j, with 400 (RFC 6455 §9.1)",
    async (offers) => {
      expect(await answerTo(offers)).toBe("400");
    },
  );

  it("not at all if compression is off, as it is by default", async () => {
    expect(await answerTo("permessage-deflate", false)).toBe("101");
  });
});

describe("a dialer", () => {
  /** Dials a server that agrees to an upgrade with this extension. */
  async function dialTo(answer: string | undefined, perMessageDeflate: boolean | PerMessageDeflateOptions = true) {
    const server = await startRawServer((socket) => new RawWsPeer(socket));
    const dialling = wsDialer({ perMessageDeflate }).dialAndHandshake(context(`ws://127.0.0.1:${server.port}`));
    dialling.then((conn) => onTestFinished(() => conn.destroy())).catch(() => {});
    const peer = await server.peers.next();
    const accepted = (await agreement(peer)).toString();
    const header = answer === undefined ? "" : `Sec-WebSocket-Extensions: ${answer}\r\n`;
    peer.send(Buffer.from(accepted.replace(/\r\n$/, `${header}\r\n`)));
    return { offer: /^Sec-WebSocket-Extensions: (.*)$/im.exec(await peer.head())?.[1]?.trim(), dialling };
  }

  it.each<[PerMessageDeflateOptions | boolean, string]>([
    [true, "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits"],
    [withContext, "permessage-deflate; client_max_window_bits"],
    [
      { ...withContext, serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
      "permessage-deflate; server_max_window_bits=9; client_max_window_bits=10",
    ],
  ])("with the options %j offers %s", async (options, offer) => {
    expect((await dialTo(undefined, options)).offer).toBe(offer);
  });

  it("goes on without compression if the server does not agree", async () => {
    await (await (await dialTo(undefined)).dialling).close().catch(() => {});
  });

  it.each([
    ["an extension that was not offered", "permessage-bzip2", {}],
    ["an unknown parameter", "permessage-deflate; level=9", withContext],
    ["an invalid value", "permessage-deflate; server_max_window_bits=16", withContext],
    ["the client's window without a value", "permessage-deflate; client_max_window_bits", withContext],
    ["context, where the dialer asked for none", "permessage-deflate", {}],
    ["a larger window than asked for", "permessage-deflate", { ...withContext, serverMaxWindowBits: 9 }],
    [
      "a larger window for the client than it can",
      "permessage-deflate; client_max_window_bits=12",
      { ...withContext, clientMaxWindowBits: 9 },
    ],
    ["two agreements", "permessage-deflate, permessage-deflate; server_max_window_bits=16", withContext],
  ])("fails the handshake if the server answers with %s", async (_, answer, options) => {
    const { dialling } = await dialTo(answer, options);
    await expect(dialling).rejects.toMatchObject({ code: "IM_ERR_HANDSHAKE" });
  });
});
