import { runInNewContext } from "node:vm";
import { type Frame, OpCode } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { openClient, openServer, readText } from "./support/open-for-test.js";
import { transports } from "./support/transports.js";
import { bytes, codeOf } from "./support/waiting.js";

const alienBytes = (text: string): Uint8Array => runInNewContext(`new Uint8Array([${[...bytes(text)].join()}])`);

describe.each(transports)("over $name", (transport) => {
  it("bytes of another realm (an iframe, a vm) are bytes, small or large, to send and to push", async () => {
    const large = "x".repeat(10_000);
    const { server } = await openServer(transport, {
      messageListener: {
        receive: (agent, payload) => void agent.push(alienBytes(new TextDecoder().decode(payload))),
      },
    });
    const client = openClient(transport);
    await client.connect(server.dialUrl);
    for (const text of ["small", large]) {
      client.send(alienBytes(text));
      expect(await readText(client)).toBe(text);
    }
    for (const wrong of ["new Uint16Array([1, 2])", "new ArrayBuffer(2)", "({ [Symbol.toStringTag]: 'Uint8Array' })"]) {
      expect(await codeOf(() => client.send(runInNewContext(wrong))), wrong).toBe("IM_ERR_INVALID_FRAME");
    }
  });

  it("send may say Text, and is answered in Text; an opcode that is not a message's is refused", async () => {
    const { server } = await openServer(transport, {
      messageListener: { receive: (agent, payload, opCode) => void agent.push(payload, opCode) },
    });
    const client = openClient(transport);
    await client.connect(server.dialUrl);
    client.send(bytes("grüß dich"), OpCode.Text);
    client.send(bytes("binary"));
    const frames: Frame[] = [await client.read(), await client.read()];
    expect(frames.map(({ opCode }) => opCode)).toEqual([OpCode.Text, OpCode.Binary]);
    expect(await codeOf(() => client.send(bytes("x"), OpCode.Ping))).toBe("IM_ERR_INVALID_FRAME");
  });

  it("empty messages are read with deliverEmptyMessages", async () => {
    const { server } = await openServer(transport, {
      deliverEmptyMessages: true,
      messageListener: { receive: (agent, payload) => void agent.push(payload) },
    });
    const client = openClient(transport, { deliverEmptyMessages: true });
    await client.connect(server.dialUrl);
    client.send(bytes(""));
    expect((await client.read()).payload).toHaveLength(0);
  });
});
