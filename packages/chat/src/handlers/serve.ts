import type { MaybePromise, Session } from "@im/gateway";
import { type BodyCodec, getMetaString, type RequestOf, type ResponseInitOf, Status } from "@im/wire";
import { Extension, extensionMetaKeys } from "@im/wire/codec";
import type { ChatContext, ChatGateway } from "../chat-gateway.js";
import { type ChatCommandMap, chatCommandMap } from "../commands/chat-command-map.js";
import { CHAT_EXTENSION, chatCommands } from "../commands/chat-commands.js";

type ChatCommand = keyof ChatCommandMap & string;

/** Answers a request with a status other than Success, and a message for the peer. */
export class Refusal {
  readonly status: Status;
  readonly message: string;

  constructor(status: Status, message: string) {
    this.status = status;
    this.message = message;
  }
}

/** A request with its body decoded. */
export interface ChatRequest<C extends ChatCommand> {
  readonly session: Session;
  readonly dest: string;
  readonly body: RequestOf<ChatCommandMap, C>;
  /** The idempotency key, if the client sent one. */
  readonly key: string | undefined;
  readonly context: ChatContext;
  /** @returns false if the connection has ended, reads too slowly, or has waited too long */
  respond(body?: ResponseInitOf<ChatCommandMap, C>): boolean;
}

/** Answers, or gives the refusal with which the request is answered. */
export type ChatHandler<C extends ChatCommand> = (request: ChatRequest<C>) => MaybePromise<Refusal | unknown>;

const ownCommands: ReadonlySet<string> = new Set(Object.values(chatCommands));

/** Sets the handler of a command. Own commands are for clients that have negotiated the extension. */
export function serve<C extends ChatCommand>(gateway: ChatGateway, command: C, handler: ChatHandler<C>): void {
  const { request, response } = chatCommandMap[command] as unknown as {
    readonly request?: BodyCodec<RequestOf<ChatCommandMap, C>>;
    readonly response?: BodyCodec<unknown, ResponseInitOf<ChatCommandMap, C>>;
  };
  const isOwn = ownCommands.has(command);
  gateway.handleRaw(command, async (context) => {
    const { session, packet, dest } = context;
    if (isOwn && !session.extensions.has(CHAT_EXTENSION)) {
      return void context.fail(Status.InvalidCommand, `${command} needs the extension ${CHAT_EXTENSION}`);
    }
    let body: RequestOf<ChatCommandMap, C>;
    try {
      body = request?.decode(context.body) as RequestOf<ChatCommandMap, C>;
    } catch {
      return void context.fail(Status.InvalidPacketBody, `the body is not a request body of ${command}`);
    }
    const refusal = await handler({
      session,
      dest,
      body,
      // The gateway has checked it.
      key: session.extensions.has(Extension.Idempotency)
        ? getMetaString(packet, extensionMetaKeys.idempotencyKey)
        : undefined,
      context,
      respond: (answer) => context.respond(answer === undefined ? undefined : response?.encode(answer)),
    });
    if (refusal instanceof Refusal) context.fail(refusal.status, refusal.message);
  });
}
