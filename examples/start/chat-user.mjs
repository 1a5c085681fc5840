// A user: a client that signs in, sends messages and prints those that it receives.
import { createImClient } from "@im/client";
import { commands } from "@im/wire";
import { commandMap, MessageType } from "@im/wire/messages";

export async function signIn(name, dialer, address, print) {
  const client = createImClient({ dialer, address, token: name, commands: commandMap });
  client.on(commands.chatUserTalk, ({ body }) => print(`hears ${body.sender}: ${body.body}`));
  await client.connect();
  return {
    name,
    talk: (dest, body) => client.request(commands.chatUserTalk, { type: MessageType.Text, body }, { dest }),
    close: () => client.close(),
  };
}
