import type { Agent } from "./agent.js";
import type { OpCode } from "./frame.js";

/** Receives the messages of all channels of a server. */
export interface MessageListener {
  /**
   * Called for each message, in order within a channel; for an empty one only with the option `deliverEmptyMessages`. A
   * listener that returns a promise holds back the next message of its channel until it settles (see `receiveConcurrency`).
   * Messages received meanwhile wait in a bounded inbox; when it is full, reading pauses, the read deadline stands still, and
   * in the end the peer waits.
   *
   * A throw or rejection is reported to `onError` and harms no other message or connection.
   *
   * @param payload valid until this call settles. Its memory is never reused, but it may be a view of a larger chunk:
   * copy it to keep it longer (`new Uint8Array(payload)`).
   * @param opCode Binary as a rule; Text or Continuation if the peer sent that.
   */
  receive(agent: Agent, payload: Uint8Array, opCode: OpCode): unknown;
  /**
   * Answers a ping of the application's own protocol, for peers that cannot send Ping frames, such as pages. Called for each
   * message as soon as it is read, perhaps while messages before it wait; so it decides quickly, and answers at once.
   *
   * Each answer counts as that to a Ping frame does (`maxUnansweredPings`). A throw is reported to `onError`, and the message
   * goes the usual way.
   *
   * @returns whether it was a ping, and is answered; `receive` does not get it then
   */
  answerPing?(agent: Agent, payload: Uint8Array, opCode: OpCode): boolean;
  /**
   * Sends something that shows the peer that this side is alive. Called about twice a second while reading is paused because
   * this listener is behind and nothing else waits to be sent: pings that wait in the system cannot be answered then. Without
   * it a Pong frame is sent (RFC 6455 §5.5.3 allows unsolicited ones), which pages do not see.
   */
  showLife?(agent: Agent): unknown;
}
