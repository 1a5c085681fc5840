import { expect, it, onTestFinished } from "vitest";
import { ChatServer } from "./support/chat-server.js";
import { sessionOf } from "./support/session-of.js";

it("a message that the server has refused can be sent again when its reason is gone, and is stored once", async () => {
  const server = await ChatServer.start();
  onTestFinished(async () => void (await server.stop()));
  const alice = await sessionOf("alice", server.pageUrl);
  const erin = await sessionOf("erin", server.pageUrl);
  const group = await alice.session.createGroup("Friends", []);
  await erin.session.send(group, "hello", "one id");
  expect(erin.events.at(-1)).toMatchObject({ type: "refused", reason: "you are not a member of this group" });
  await erin.session.joinGroup(group, "Friends");
  await erin.session.send(group, "hello", "one id");
  expect(erin.events.at(-1)).toMatchObject({ type: "stored", sendId: "one id", message: { text: "hello" } });
  await expect
    .poll(() => alice.events.flatMap((event) => (event.type === "messages" ? event.messages : [])))
    .toMatchObject([{ conversation: group, sender: "erin", text: "hello" }]);
});
