import { describe, expect, it } from "vitest";
import type { ChatEvent, Message } from "../../examples/chat/shared/chat-event.js";
import { afterEvent, type ChatState, initialState } from "../../examples/chat/shared/chat-state.js";
import { listed, tickOf, tickOfOutgoing, unreadCount } from "../../examples/chat/shared/chat-views.js";
import { inGroup, withAccount } from "../../examples/chat/shared/conversation-key.js";

const bob = withAccount("bob");

function message(messageId: bigint, sender = "bob", conversation = bob): Message {
  return { messageId, conversation, sender, text: `text ${messageId}`, sentAtMs: Number(messageId) };
}

function after(...events: readonly ChatEvent[]): ChatState {
  return events.reduce(afterEvent, initialState("alice"));
}

function idsOf(state: ChatState): readonly bigint[] {
  return state.conversations.get(bob)!.messages.map(({ messageId }) => messageId);
}

const outgoing: ChatEvent = { type: "outgoing", conversation: bob, sendId: "s", text: "hi", atMs: 1 };
const online: ChatEvent = {
  type: "connection",
  status: {
    state: "online",
    address: "",
    failures: 0,
    sinceMs: 0,
    session: { channelId: "c", account: "alice", extensions: new Set() },
  },
};

describe("messages", () => {
  it("stand in the order of their ids, each once, however they come", () => {
    const state = after(
      { type: "messages", messages: [message(5n), message(7n)] },
      { type: "messages", messages: [message(6n), message(5n)] },
      { type: "messages", messages: [message(1n), message(1n), message(7n)] },
    );
    expect(idsOf(state)).toEqual([1n, 5n, 6n, 7n]);
  });

  it("that are known already change nothing", () => {
    const state = after({ type: "messages", messages: [message(5n)] });
    const again = afterEvent(state, { type: "messages", messages: [message(5n)] });
    expect(again.conversations.get(bob)!.messages).toBe(state.conversations.get(bob)!.messages);
  });

  it("are unread if others sent them after the mark, once the mark is known", () => {
    const messages = [message(1n), message(2n), message(3n, "alice"), message(4n)];
    const unknown = after({ type: "messages", messages });
    expect(unreadCount(unknown.conversations.get(bob)!, "alice")).toBe(0);
    const known = afterEvent(unknown, { type: "marks", conversation: bob, marks: { readId: 1n } });
    expect(unreadCount(known.conversations.get(bob)!, "alice")).toBe(2);
  });
});

describe("an own message", () => {
  it("goes from waiting to sent, stored, received and read", () => {
    const waiting = after(outgoing);
    const one = (state: ChatState) => tickOfOutgoing(state.conversations.get(bob)!.outgoing[0]!, state);
    expect(one(waiting)).toBe("waiting");
    const sent = [online, { type: "sent", conversation: bob, sendId: "s" } as const].reduce(afterEvent, waiting);
    expect(one(sent)).toBe("sent");
    const stored = afterEvent(sent, { type: "stored", sendId: "s", message: { ...message(9n, "alice"), sendId: "s" } });
    const tick = (state: ChatState) =>
      tickOf(state.conversations.get(bob)!, state.conversations.get(bob)!.messages[0]!);
    expect([stored.conversations.get(bob)!.outgoing, tick(stored)]).toEqual([[], "stored"]);
    const received = afterEvent(stored, { type: "marks", conversation: bob, marks: { receivedId: 9n } });
    expect(tick(received)).toBe("received");
    const read = afterEvent(received, { type: "marks", conversation: bob, marks: { readByPeerId: 10n } });
    expect(tick(read)).toBe("read");
    // A mark that comes late takes nothing back.
    expect(tick(afterEvent(read, { type: "marks", conversation: bob, marks: { readByPeerId: 3n } }))).toBe("read");
  });

  it("waits again when the connection is lost before it is stored", () => {
    const sent = after(online, outgoing, { type: "sent", conversation: bob, sendId: "s" });
    const lost = afterEvent(sent, { type: "connection", status: { state: "closed" } });
    expect(tickOfOutgoing(lost.conversations.get(bob)!.outgoing[0]!, lost)).toBe("waiting");
  });

  it("that was refused says why, until it is sent again or discarded", () => {
    const refused = after(online, outgoing, { type: "refused", conversation: bob, sendId: "s", reason: "too long" });
    expect(refused.conversations.get(bob)!.outgoing[0]).toMatchObject({ refusal: "too long" });
    const again = afterEvent(refused, outgoing);
    expect(again.conversations.get(bob)!.outgoing).toEqual([{ sendId: "s", text: "hi", atMs: 1, isSent: false }]);
    const gone = afterEvent(refused, { type: "discarded", conversation: bob, sendId: "s" });
    expect(gone.conversations.get(bob)!.outgoing).toEqual([]);
  });
});

describe("groups", () => {
  const chess = { conversation: inGroup("g"), name: "Chess" };
  const titles = (state: ChatState) => listed(state, "groups").map(({ title }) => title);

  it("are those that the server names: messages of a group that was left do not bring it back", () => {
    const late = { ...message(3n), conversation: inGroup("old") };
    const caughtUp = after({ type: "messages", messages: [late] }, { type: "group", ...chess });
    expect(titles(afterEvent(caughtUp, { type: "groups", groups: [chess] }))).toEqual(["Chess"]);
  });

  it("are gone when the account leaves them", () => {
    const state = after({ type: "groups", groups: [chess] }, { type: "left", conversation: chess.conversation });
    expect(titles(state)).toEqual([]);
  });
});

it("conversations with the newest messages stand first, then by name; groups apart from people", () => {
  const state = after(
    { type: "people", accounts: ["dave", "carol"] },
    { type: "group", conversation: inGroup("g"), name: "Chess" },
    { type: "messages", messages: [message(3n)] },
  );
  expect(listed(state, "people").map(({ title }) => title)).toEqual(["bob", "carol", "dave"]);
  expect(listed(state, "groups").map(({ title }) => title)).toEqual(["Chess"]);
});

it("presence changes for the named accounts only", () => {
  const state = after(
    {
      type: "presence",
      states: [
        { account: "bob", isOnline: true },
        { account: "carol", isOnline: true },
      ],
    },
    { type: "presence", states: [{ account: "bob", isOnline: false }] },
  );
  expect([...state.online]).toEqual(["carol"]);
});
