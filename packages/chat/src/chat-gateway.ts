import type { Gateway, MaybePromise, PushGapListener, PushHeader, PushReport, PushTarget, Session } from "@im/gateway";
import type { CommandMap, LogicPkt, Status } from "@im/wire";

/** What the chat uses of a request. */
export interface ChatContext {
  readonly session: Session;
  readonly packet: LogicPkt;
  readonly dest: string;
  readonly body: Uint8Array;
  respond(body?: Uint8Array): boolean;
  fail(status: Status, message: string): boolean;
  push(target: PushTarget, command: string, body?: Uint8Array): Promise<PushReport>;
}

/** What the chat uses of a gateway. Its command map does not matter: the chat has codecs of its own. */
export interface ChatGateway {
  handleRaw(command: string, handler: (context: ChatContext) => MaybePromise<void>): unknown;
  confirmExtension(name: string): unknown;
  push(target: PushTarget, command: string, body?: Uint8Array, header?: PushHeader): Promise<PushReport>;
  onPushGap(listener: PushGapListener): () => void;
  announce(topic: string, body: Uint8Array): Promise<void>;
  onAnnouncement(topic: string, listener: (body: Uint8Array) => unknown): () => void;
  sessions(): Iterable<Session> & { readonly size: number };
  readonly presence: Gateway<CommandMap, unknown>["presence"];
}
