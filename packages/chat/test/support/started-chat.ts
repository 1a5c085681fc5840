import { createGateway, type GatewayErrorContext, type GatewayOptions, type Session } from "@im/gateway";
import { createTcpServer } from "@im/transport-tcp";
import { createWsServer } from "@im/transport-ws";
import { onTestFinished } from "vitest";
import { type Chat, type ChatOptions, type ChatStore, createChat, MemoryChatStore } from "../../src/index.js";

type AnyGatewayOptions = GatewayOptions<Record<never, never>, undefined>;

export interface StartedChat {
  readonly chat: Chat;
  readonly store: ChatStore;
  readonly ws: string;
  readonly tcp: string;
  /** What the gateway and the chat reported. */
  readonly errors: { readonly error: unknown; readonly context?: GatewayErrorContext }[];
  readonly sessions: () => Iterable<Session>;
  kick(account: string): Promise<unknown>;
}

export interface StartOptions extends Partial<Omit<ChatOptions, "gateway">> {
  readonly gatewayOptions?: Partial<AnyGatewayOptions>;
}

/** A chat on ws and tcp for one test. A token is `account` or `account@device`. */
export async function startChat({ gatewayOptions = {}, ...options }: StartOptions = {}): Promise<StartedChat> {
  const errors: { error: unknown; context?: GatewayErrorContext }[] = [];
  const ws = createWsServer({ host: "127.0.0.1", maxConnectionsPerAddress: 10_000 });
  const tcp = createTcpServer({ host: "127.0.0.1", maxConnectionsPerAddress: 10_000 });
  const gateway = createGateway<Record<never, never>, undefined>({
    servers: [ws, tcp],
    authenticate: ({ token, device }) => {
      const [account = "", own = device ?? "default"] = token.split("@");
      return { account, device: own };
    },
    onError: (error, context) => void errors.push({ error, context }),
    ...gatewayOptions,
  });
  const store = options.store ?? new MemoryChatStore();
  const chat = createChat({ onError: (error) => void errors.push({ error }), ...options, gateway, store });
  await gateway.start();
  const cut = AbortSignal.abort();
  onTestFinished(async () => {
    await gateway.shutdown({ signal: cut });
    chat.close();
  });
  const kick = (account: string) => gateway.kick(account, "test");
  return { chat, store, ws: ws.dialUrl, tcp: tcp.dialUrl, errors, sessions: () => gateway.sessions(), kick };
}
