import type { ChatCommandMap } from "@im/chat/commands";
import { ClientError, type ImClient } from "@im/client";
import { commands, Status } from "@im/wire";
import type { Message } from "./chat-event.js";
import { inGroup, withAccount } from "./conversation-key.js";

/** The most ids that one request for contents may have. */
const CONTENTS_PAGE = 200;

interface IndexLine {
  readonly messageId: bigint;
  readonly direction: number;
  readonly sendTime: bigint;
  readonly accountB: string;
  readonly group: string;
}

/**
 * The messages after an id, oldest first, in pages. Each page is complete, so its last id may be acknowledged.
 *
 * @param afterId 0 to begin with what this device has not acknowledged
 */
export async function* missedMessages(
  client: ImClient<ChatCommandMap>,
  me: string,
  afterId: bigint,
): AsyncGenerator<{ readonly upToId: bigint; readonly messages: readonly Message[] }> {
  for (let fromId = afterId; ; ) {
    const { indexes } = (await client.request(commands.offlineIndex, { messageId: fromId })).body;
    if (indexes.length === 0) return;
    for (let at = 0; at < indexes.length; at += CONTENTS_PAGE) {
      const lines = indexes.slice(at, at + CONTENTS_PAGE);
      const texts = await textsOf(client, lines);
      const messages = lines.flatMap((line) => messageOf(line, texts.get(line.messageId), me));
      fromId = lines.at(-1)!.messageId;
      yield { upToId: fromId, messages };
    }
  }
}

/** The texts by id, without those that were deleted. If texts are long, one answer has fewer than were asked for. */
async function textsOf(
  client: ImClient<ChatCommandMap>,
  lines: readonly IndexLine[],
): Promise<ReadonlyMap<bigint, string>> {
  const texts = new Map<bigint, string>();
  for (let ids = lines.map(({ messageId }) => messageId); ids.length > 0; ) {
    const contents = await contentsOf(client, ids);
    if (contents.length === 0) break;
    for (const { messageId, body } of contents) texts.set(messageId, body);
    ids = ids.slice(ids.indexOf(contents.at(-1)!.messageId) + 1);
  }
  return texts;
}

async function contentsOf(client: ImClient<ChatCommandMap>, messageIds: bigint[]) {
  try {
    return (await client.request(commands.offlineContent, { messageIds })).body.contents;
  } catch (error) {
    // All of these messages were deleted.
    if (error instanceof ClientError && error.response?.status === Status.Unauthorized) return [];
    throw error;
  }
}

function messageOf(line: IndexLine, text: string | undefined, me: string): readonly Message[] {
  if (text === undefined) return [];
  const { messageId, direction, sendTime, accountB, group } = line;
  return [
    {
      messageId,
      conversation: group === "" ? withAccount(accountB) : inGroup(group),
      sender: direction === 1 ? me : accountB,
      text,
      sentAtMs: Number(sendTime / 1_000_000n),
    },
  ];
}
