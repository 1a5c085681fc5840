import { tcpDialer } from "@im/transport-tcp";
import { onTestFinished } from "vitest";
import type { ChatEvent } from "../../../examples/chat/shared/chat-event.js";
import { ChatSession } from "../../../examples/chat/shared/chat-session.js";
import { serverAt } from "../../../examples/chat/shared/server-api.js";

/** A session over TCP, and what it has emitted. */
export async function sessionOf(account: string, pageUrl: string) {
  const { tcp, tokenOf } = await serverAt(pageUrl);
  const events: ChatEvent[] = [];
  const session = new ChatSession({
    account,
    device: "test",
    dialer: tcpDialer(),
    address: tcp,
    token: () => tokenOf(account),
    onEvent: (event) => void events.push(event),
  });
  onTestFinished(() => session.close());
  await session.client.connect();
  return { session, events };
}
