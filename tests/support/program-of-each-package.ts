/** A program for each public package that installs this package alone, uses it, and prints "works". Valid in strict TypeScript. */
export const programOfEachPackage: Readonly<Record<string, string>> = {
  "@im/transport-tcp": `
    import { createTcpServer, tcpDialer } from "@im/transport-tcp";
    const server = createTcpServer({
      host: "127.0.0.1",
      messageListener: { receive: (agent, payload) => agent.push(payload) },
    });
    await server.start();
    const conn = await tcpDialer().dialAndHandshake({ address: server.dialUrl });
    conn.writeFrame(2, new TextEncoder().encode("works"));
    console.log(new TextDecoder().decode((await conn.readFrame()).payload));
    await conn.close();
    await server.shutdown();
  `,
  "@im/transport-ws": `
    import { createWsServer, wsDialer } from "@im/transport-ws";
    const server = createWsServer({
      host: "127.0.0.1",
      messageListener: { receive: (agent, payload) => agent.push(payload) },
    });
    await server.start();
    const conn = await wsDialer().dialAndHandshake({ address: server.dialUrl });
    conn.writeFrame(2, new TextEncoder().encode("works"));
    console.log(new TextDecoder().decode((await conn.readFrame()).payload));
    await conn.close();
    await server.shutdown();
  `,
  "@im/transport-core": `
    import { formatAddress } from "@im/transport-core";
    import { encodeClosePayload } from "@im/transport-core/authoring";
    import { WriteBatch } from "@im/transport-core/node";
    const written = [formatAddress({ host: "::1", port: 7 }), encodeClosePayload(1000, "").length, typeof WriteBatch];
    if (written.join() === "[::1]:7,2,function") console.log("works");
  `,
  "@im/transport-compliance": `
    import { runCase } from "@im/transport-compliance";
    import { startFaultProxy } from "@im/transport-compliance/fault-proxy";
    import { createMemoryNetwork } from "@im/transport-compliance/memory";
    const proxy = await startFaultProxy({ target: { port: 1 } });
    await proxy.close();
    const { createServer, createDialer } = createMemoryNetwork();
    await runCase({ name: "memory", createServer, createDialer, badAddress: "memory://nobody:1" }, "close/client-first");
    console.log("works");
  `,
  "@im/wire": `
    import { commands, createRequest, marshal, read, Sequence } from "@im/wire";
    import { peekCommand } from "@im/wire/codec";
    import { compactCommandMap as compact } from "@im/wire/compact";
    import { commandMap as generated } from "@im/wire/messages";
    const bytes = marshal(createRequest({ command: commands.chatUserTalk, dest: "bob" }, new Sequence()));
    const isRead = read(bytes).kind === "logic" && peekCommand(bytes) === commands.chatUserTalk;
    if (isRead && Object.keys(compact).join() === Object.keys(generated).join()) console.log("works");
  `,
  "@im/client": `
    import { createClient, createImClient } from "@im/client";
    const dialer = { dialAndHandshake: () => Promise.reject(new Error("works")) };
    const client = createImClient({ dialer, address: "tcp://127.0.0.1:1", token: "alice" });
    await client.close();
    await createClient({ dialer }).connect("tcp://127.0.0.1:1").catch((error: Error) => console.log(error.message));
  `,
  "@im/gateway": `
    import { createGateway } from "@im/gateway";
    import { describeSessionDirectory } from "@im/gateway/contract-suites";
    const suite = describeSessionDirectory.name;
    try {
      createGateway({ servers: [], authenticate: ({ token }) => ({ account: token }) });
    } catch (error) {
      if (suite && (error as { code: string }).code === "IM_ERR_INVALID_OPTION") console.log("works");
    }
  `,
  "@im/chat": `
    import { MemoryChatStore } from "@im/chat";
    import { chatCommandMap } from "@im/chat/commands";
    import { describeChatStore } from "@im/chat/contract-suites";
    const store = new MemoryChatStore();
    await store.add({ sender: "alice", to: { account: "bob" }, type: 1, body: "hello", extra: "" });
    const { length } = await store.index("bob", { afterId: 0n, limit: 10 });
    if (length === 1 && Object.keys(chatCommandMap).length > 0 && describeChatStore.name) console.log("works");
  `,
  "@im/chat-level": `
    import { openLevelChatStore } from "@im/chat-level";
    const store = await openLevelChatStore({ folder: String(process.pid) });
    await store.add({ sender: "alice", to: { account: "bob" }, type: 1, body: "hello", extra: "" });
    if ((await store.index("bob", { afterId: 0n, limit: 10 })).length === 1) console.log("works");
    await store.close();
  `,
  "@im/chat-postgres": `
    import { openPostgresChatStore } from "@im/chat-postgres";
    type Lent = (error: Error, client: undefined) => void;
    const pool = { connect: (lent: Lent) => lent(new Error("refused"), undefined), on() {}, off() {} };
    await openPostgresChatStore({ pool }).catch((error: { code: string }) => {
      if (error.code === "IM_ERR_STORE_IO") console.log("works");
    });
  `,
  "@im/cluster-redis": `

    import { RedisPushBus } from "@im/cluster-redis";

    if (typeof RedisPushBus === "function") console.log("works");
  `,
};
