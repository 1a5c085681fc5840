// The service: takes `chat.user.talk`, pushes it to whom it is for, and answers the sender.
import { BasicCode, basicPong, commands, createPush, createResponse, marshal, read, Status } from "@im/wire";
import {
  decodeBody,
  ErrorRespSchema,
  encodeBody,
  MessagePushSchema,
  MessageReqSchema,
  MessageRespSchema,
} from "@im/wire/messages";

export function createTalkListener(channels) {
  let lastMessageId = 0n;

  return {
    receive(agent, payload) {
      const packet = read(payload);
      if (packet.kind === "basic") {
        if (packet.code === BasicCode.Ping) agent.push(marshal(basicPong));
        return;
      }
      if (packet.command !== commands.chatUserTalk) {
        fail(agent, packet, Status.NotImplemented, `there is no command ${packet.command}`);
        return;
      }
      const receiver = channels.get(packet.dest);
      if (!receiver) {
        fail(agent, packet, Status.NoDestination, `${packet.dest} is not here`);
        return;
      }
      const message = decodeBody(MessageReqSchema, packet.body);
      const stamp = { messageId: ++lastMessageId, sendTime: BigInt(Date.now()) * 1_000_000n };
      const push = encodeBody(MessagePushSchema, {
        ...stamp,
        sender: agent.id,
        type: message.type,
        body: message.body,
      });
      receiver.push(marshal(createPush({ ...packet, body: push })));
      agent.push(marshal(createResponse(packet, { body: encodeBody(MessageRespSchema, stamp) })));
    },
  };
}

function fail(agent, packet, status, message) {
  const body = encodeBody(ErrorRespSchema, { message });
  agent.push(marshal(createResponse(packet, { status, body })));
}
