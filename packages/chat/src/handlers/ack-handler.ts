import type { Session } from "@im/gateway";
import { commands } from "@im/wire";
import { chatCommands } from "../commands/chat-commands.js";
import { idAtMs } from "../message-ids.js";
import type { ChatParts } from "./chat-parts.js";
import { invalid } from "./refusals.js";
import { serve } from "./serve.js";

/** What the senders of so many messages are told after one acknowledgement; they can ask for the rest. */
const MAX_RECEIPTS_OF = 2_000;

/** chat.talk.ack: all up to an id is received. */
export function serveAck(parts: ChatParts): void {
  const { gateway, store, report } = parts.settings;
  serve(gateway, commands.chatTalkAck, async ({ session, body, respond }) => {
    if (body.messageId <= 0n) return invalid("the id must be above 0");
    const { account, device } = session;
    const reached = parts.delivery.reached(account, parts.catchingUp.reached(session, body.messageId));
    const { from, to } = await store.acknowledge(account, device, reached);
    respond();
    if (to > from) sendReceipts(parts, session, from, to).catch(report);
    return undefined;
  });
}

/** Tells those who wrote to the account up to where it has received what they wrote. */
async function sendReceipts(parts: ChatParts, { account }: Session, from: bigint, to: bigint): Promise<void> {
  const { store, newDeviceMs } = parts.settings;
  const received = new Map<string, bigint>();
  const afterId = from > 0n ? from : idAtMs(Date.now() - newDeviceMs);
  for (const entry of await store.index(account, { afterId, limit: MAX_RECEIPTS_OF })) {
    if (entry.messageId > to) break;
    if (!entry.isSent && entry.group === "") received.set(entry.peer, entry.messageId);
  }
  for (const [peer, receivedId] of received) {
    await parts.extensionPushes.push(peer, chatCommands.receipt, { account, receivedId });
  }
}
