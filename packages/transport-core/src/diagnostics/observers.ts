import type { ChannelSettings } from "../channel/channel-settings.js";
import { FramedChannel } from "../channel/framed-channel.js";
import type { FramedConn } from "../conn/framed-conn.js";
import type { Accepted } from "../contract/acceptor.js";
import type { MessageListener } from "../contract/message-listener.js";
import type { TransportHooks } from "../contract/transport-hooks.js";

/** The channel of a connection that was let in. What no hook asks for leaves it as it is without hooks. */
export function createServerChannel(
  { id, meta }: Accepted,
  conn: FramedConn,
  settings: ChannelSettings,
  { sent, written, blocked, dropped }: TransportHooks,
): FramedChannel {
  const channel = new FramedChannel(id, conn, settings, meta);
  if (sent || written || blocked || dropped) {
    const agent = FramedChannel.agentOf(channel);
    conn.observer = {
      sent: (payloadBytes) => sent?.(agent, payloadBytes),
      written: (latencyMs, queuedBytes) => written?.(agent, latencyMs, queuedBytes),
      blocked: (queuedBytes) => blocked?.(agent, queuedBytes),
      dropped: (why, payloadBytes) => dropped?.(agent, why, 1, payloadBytes),
    };
  }
  return channel;
}

/** Wraps a listener to call the hook before each message; without a hook it is the listener itself. */
export function observeListener(listener: MessageListener, { received }: TransportHooks): MessageListener {
  if (!received) return listener;
  const { answerPing, showLife } = listener;
  return {
    ...(answerPing && {
      answerPing(agent, payload, opCode) {
        const isPing = answerPing.call(listener, agent, payload, opCode);
        if (isPing) received(agent, payload.length);
        return isPing;
      },
    }),
    ...(showLife && { showLife: (agent) => showLife.call(listener, agent) }),
    receive(agent, payload, opCode) {
      received(agent, payload.length);
      return listener.receive(agent, payload, opCode);
    },
  };
}
