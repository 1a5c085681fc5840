import { type ChannelSettings, FramedChannel } from "../channel/framed-channel.js";
import type { FramedConn } from "../conn/framed-conn.js";
import type { Accepted } from "../contract/acceptor.js";
import { isControl, type OpCode } from "../contract/frame.js";
import type { MessageListener } from "../contract/message-listener.js";
import type { TransportHooks } from "../contract/transport-hooks.js";

/** A channel that tells of each message that was queued. */
class ObservedChannel extends FramedChannel {
  readonly #sent: NonNullable<TransportHooks["sent"]>;

  constructor(sent: NonNullable<TransportHooks["sent"]>, ...parts: ConstructorParameters<typeof FramedChannel>) {
    super(...parts);
    this.#sent = sent;
  }

  override writeFrame(opCode: OpCode, payload: Uint8Array): boolean {
    const below = super.writeFrame(opCode, payload);
    if (!isControl(opCode)) this.#sent(this.agent, payload.length);
    return below;
  }

  override pushEncoded(frame: Uint8Array, payload: Uint8Array, opCode: OpCode): boolean {
    const below = super.pushEncoded(frame, payload, opCode);
    this.#sent(this.agent, payload.length);
    return below;
  }
}

/** The channel of a connection that was let in. What no hook asks for leaves it as it is without hooks. */
export function createServerChannel(
  { id, meta }: Accepted,
  conn: FramedConn,
  settings: ChannelSettings,
  { sent, written, blocked, dropped }: TransportHooks,
): FramedChannel {
  const channel = sent
    ? new ObservedChannel(sent, id, conn, settings, meta)
    : new FramedChannel(id, conn, settings, meta);
  if (written || blocked || dropped) {
    conn.writes.observer = {
      written: (latencyMs, queuedBytes) => written?.(channel.agent, latencyMs, queuedBytes),
      blocked: (queuedBytes) => blocked?.(channel.agent, queuedBytes),
      dropped: (why, payloadBytes) => dropped?.(channel.agent, why, 1, payloadBytes),
    };
  }
  return channel;
}

/** A listener that tells of each message before it takes it; without a hook it is the listener itself. */
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
