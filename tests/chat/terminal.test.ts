import { expect, it, onTestFinished } from "vitest";
import { partsOf } from "../../examples/chat/shared/conversation-key.js";
import { ChatServer } from "./support/chat-server.js";
import { sessionOf } from "./support/session-of.js";
import { Terminal } from "./support/terminal.js";

it("a terminal prints the name of a group without its control characters", async () => {
  const server = await ChatServer.start();
  onTestFinished(async () => void (await server.stop()));
  const { session } = await sessionOf("alice", server.pageUrl);
  const { groupId } = partsOf(await session.createGroup("clear\u001b[2J the screen", []));
  const erin = new Terminal("erin", server.pageUrl);
  await erin.sees("online as erin");
  erin.types(`/join ${server.pageUrl}#group:${groupId}`);
  await erin.sees("you are a member of clear[2J the screen");
  expect(await erin.quits()).toBe(0);
  expect(erin.lines.join("\n")).not.toContain("\u001b");
});
