import type { Agent } from "./agent.js";
import type { OpCode } from "./frame.js";

/** Receives the messages of all channels of a server. */
export interface MessageListener {
  /**
   * Called for each message, in order within a channel; for an empty one only with the option `deliverEmptyMessages`. An async listener holds back the next message of its channel
   * until it settles (see `receiveConcurrency`), and in the end the peer: messages that arrive meanwhile wait in a
   * bounded inbox, and when it is full reading pauses and the read deadline stands still.
   *
   * A throw or rejection is reported to `onError` and harms no other message or connection.
   *
   * @param payload valid until this call settles. Its memory is never reused, but it may be a view of a larger chunk:
   * who keeps it longer copies it (`new Uint8Array(payload)`).
   * @param opCode Binary as a rule; Text or Continuation if the peer sent that.
   */
  receive(agent: Agent, payload: Uint8Array, opCode: OpCode): void | Promise<void>;
}
