import { MemoryPushBus, MemorySessionDirectory } from "@im/gateway";
import { expect, it, vi } from "vitest";
import { MemoryChatStore } from "../src/index.js";
import { ChatUser } from "./support/chat-user.js";
import { startChat } from "./support/started-chat.js";

/** Three gateways with one directory, one store and one bus, and what the bus is asked to carry. */
async function startThree() {
  const bus = new MemoryPushBus();
  const published = vi.spyOn(bus, "publish");
  const gatewayOptions = { directory: new MemorySessionDirectory(), bus };
  const store = new MemoryChatStore();
  const start = () => startChat({ store, gatewayOptions });
  return { chats: [await start(), await start(), await start()] as const, published };
}

it("a message to a group goes to each other gateway once, however many members are there", async () => {
  const { chats, published } = await startThree();
  const users = new Map<string, ChatUser>();
  for (const [index, { tcp }] of chats.entries()) {
    for (let member = 0; member < 5; member++) {
      const account = `user ${index}-${member}`;
      users.set(account, await ChatUser.signIn(tcp, account));
    }
  }
  const sender = users.get("user 0-0")!;
  const group = await sender.createGroup("all", ...users.keys());
  published.mockClear();
  await sender.talkInGroup(group, "hello");
  for (const user of users.values()) {
    if (user !== sender) expect((await user.nextGroupTalk()).body?.body).toBe("hello");
  }
  const sizes = published.mock.calls.map(([gatewayId, { channelIds }]) => [gatewayId, channelIds.length]);
  expect(sizes.map(([, size]) => size)).toEqual([5, 5]);
  expect(new Set(sizes.map(([gatewayId]) => gatewayId)).size).toBe(2);
  const packets = new Set(published.mock.calls.map(([, { packet }]) => packet));
  expect(packets.size).toBe(1);
});
