import { createClient } from "@im/client";
import { type Agent, type Dialer, formatAddress, OpCode } from "@im/transport-core";
import { createTcpServer, tcpDialer } from "@im/transport-tcp";
import { wsDialer } from "@im/transport-ws";
import { commands, createRequest, type LogicPkt, marshal, read, Sequence, Status } from "@im/wire";
import { decodeBody, ErrorRespSchema, encodeBody, LoginReqSchema, LoginRespSchema } from "@im/wire/messages";
import { describe, expect, it } from "vitest";
import { Program, run } from "./support/program.js";

const SERVER = "examples/echo/server.mjs";
const CLIENT = "examples/echo/client.mjs";
const plainDialers: Record<string, () => Dialer> = { ws: wsDialer, tcp: tcpDialer };

/** Runs the echo server while `use` talks to it, then ends it by SIGTERM and expects it to leave in order. */
async function withServer(args: readonly string[], use: (address: string) => Promise<void>): Promise<void> {
  const server = new Program(SERVER, args);
  try {
    await use((await server.line("READY ")).slice("READY ".length));
  } finally {
    server.process.kill("SIGTERM");
  }
  expect(await server.exit()).toBe(0);
}

describe.each(["ws", "tcp"])("echo over %s", (transport) => {
  it.each([
    ["without login", [], []],
    ["with login", ["--login"], ["--login", "token-of-alice"]],
  ])("returns 10,000 messages of 512 bytes in order, %s", async (_, serverArgs, clientArgs) => {
    await withServer(["--transport", transport, ...serverArgs], async (address) => {
      for (const window of ["1", "64"]) {
        const size = ["--count", "10000", "--size", "512", "--window", window];
        const output = await run(CLIENT, ["--transport", transport, "--address", address, ...size, ...clientArgs]);
        expect(output).toMatch(/^10000 echoes of 512 bytes in \d+ ms/);
      }
    });
  });

  it("takes a URL as its address", async () => {
    await withServer(["--transport", transport], async (address) => {
      const output = await run(CLIENT, [
        "--transport",
        transport,
        "--address",
        `${transport}://${address}`,
        "--count",
        "10",
      ]);
      expect(output).toMatch(/^10 echoes/);
    });
  });

  /** What the server answers to a first packet, and how it closes. */
  async function answerTo(address: string, packet: LogicPkt) {
    const context = { id: "test", name: "test", address, timeoutMs: 5_000 };
    const conn = await plainDialers[transport]!().dialAndHandshake(context);
    conn.writeFrame(OpCode.Binary, marshal(packet));
    conn.flush();
    const answer = read((await conn.readFrame()).payload) as LogicPkt;
    return { conn, answer };
  }

  const login = (command: string, token: string) =>
    createRequest({ command, body: encodeBody(LoginReqSchema, { token }) }, new Sequence(7));

  it("answers a login with LoginResp, under the same sequence", async () => {
    await withServer(["--transport", transport, "--login"], async (address) => {
      const { conn, answer } = await answerTo(address, login(commands.loginSignIn, "alice"));
      expect(answer).toMatchObject({ command: "login.signin", sequence: 7, status: Status.Success });
      expect(decodeBody(LoginRespSchema, answer.body)).toMatchObject({ channelId: "alice", account: "alice" });
      await conn.close();
    });
  });

  it.each([
    ["a wrong command", "chat.user.talk", "alice", Status.InvalidCommand],
    ["an empty token", "login.signin", "", Status.Unauthorized],
  ])("answers %s with its status, then closes", async (_, command, token, status) => {
    await withServer(["--transport", transport, "--login"], async (address) => {
      const { conn, answer } = await answerTo(address, login(command, token));
      expect(answer.status).toBe(status);
      expect(decodeBody(ErrorRespSchema, answer.body).message).not.toBe("");
      expect(await conn.closed).toMatchObject({ code: 1008 });
    });
  });

  it.each([
    ["of unknown magic", "00112233000000000000000000"],
    ["that is cut", "c311a3650000000f0a"],
    ["whose header is no protobuf", "c311a365000000030a056100000000"],
    ["whose header is no UTF-8", "c311a365000000030a01ff00000000"],
    ["whose header declares 4 GiB", "c311a365ffffffff00"],
  ])("closes a first packet %s with a reason, and serves the next client", async (_, hex) => {
    await withServer(["--transport", transport, "--login"], async (address) => {
      const dialer = plainDialers[transport]!();
      const context = { id: "test", name: "test", address, timeoutMs: 5_000 };
      const conn = await dialer.dialAndHandshake(context);
      conn.writeFrame(OpCode.Binary, Uint8Array.from(Buffer.from(hex, "hex")));
      conn.flush();
      const { code, reason } = await conn.closed;
      expect(code).toBe(1008);
      expect(reason).not.toBe("");
      const next = await answerTo(address, login(commands.loginSignIn, "bob"));
      expect(next.answer.status).toBe(Status.Success);
      await next.conn.close();
    });
  });

  it("drains on SIGTERM: a connected client gets 1001", async () => {
    const server = new Program(SERVER, ["--transport", transport]);
    const address = (await server.line("READY ")).slice("READY ".length);
    const client = createClient({ dialer: plainDialers[transport]!() });
    await client.connect(address);
    server.process.kill("SIGTERM");
    await expect(client.read()).rejects.toMatchObject({ closeInfo: { code: 1001 } });
    expect(await server.exit()).toBe(0);
    expect(server.lines.at(-1)).toBe("shut down: 1 connections left in order, 0 were cut");
  });
});

describe("the echo client", () => {
  /** What it says of an echo server that answers each message as `answer` does, and of its arguments. */
  async function complaint(answer: (agent: Agent, payload: Uint8Array) => void, args: readonly string[] = []) {
    const server = createTcpServer({ host: "127.0.0.1", messageListener: { receive: answer } });
    await server.start();
    const address = formatAddress(server.address);
    const program = new Program(CLIENT, ["--transport", "tcp", "--address", address, "--count", "3", ...args]);
    const code = await program.exit();
    await server.shutdown();
    return { code, output: program.lines.join("\n") };
  }

  it("fails when an echo is not what was sent", async () => {
    const { code, output } = await complaint((agent, payload) => void agent.push(payload.map((byte) => byte ^ 1)));
    expect(output).toContain("echo 0 is not what was sent");
    expect(code).not.toBe(0);
  });

  it("fails when more comes back than was sent", async () => {
    const { code, output } = await complaint((agent, payload) => {
      agent.push(payload);
      if (payload[0] === 62) agent.push(payload);
    });
    expect(output).toContain("more came back than was sent");
    expect(code).not.toBe(0);
  });

  it.each([
    ["--count", "abc"],
    ["--window", "0"],
    ["--size", "-1"],
  ])("refuses %s %s", async (name, value) => {
    const { code, output } = await complaint((agent, payload) => void agent.push(payload), [`${name}=${value}`]);
    expect(output).toContain(`${name} must be a whole number above 0`);
    expect(code).not.toBe(0);
  });
});

it("the gateway example: talks on every device, and a kick-out", async () => {
  const startMs = performance.now();
  const output = await run("examples/gateway/main.mjs");
  // Nothing keeps the process alive after the shutdown.
  expect(performance.now() - startMs).toBeLessThan(8_000);
  const lines = output.trim().split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      "gateway: alice online",
      "gateway: bob online",
      "bob@phone hears alice: hello, all devices of Bob",
      "bob@laptop hears alice: hello, all devices of Bob",
      "alice@phone hears bob: hello, Alice",
      "alice: chat.user.talk failed with status 100: carol is not here",
      "bob@phone: the account has signed in elsewhere",
      "gateway: bob offline",
    ]),
  );
  expect(lines.at(-1)).toMatch(/^\{ clean: \d, cut: 0 \}$/);
});
