import type { ClientStatus } from "@im/client";
import type { Session } from "@im/gateway";
import type { CloseInfo } from "@im/transport-core";
import type { ClientRecord } from "./client-record.js";
import type { GatewayLife } from "./gateway-life.js";
import type { RequestRecord } from "./ledger.js";
import type { Arrival, PushedNote } from "./push-record.js";
import type { PortAct } from "./shared-ports.js";

/** What invariants observe while the world runs. */
export interface WorldObserver {
  pushReceived?(arrival: Arrival): void;
  statusChanged?(client: ClientRecord, status: ClientStatus): void;
  /** A call of `close` has resolved. */
  clientClosed?(client: ClientRecord): void;
  /** Of a client, by the token of its attempt to connect. */
  connectionEnded?(attempt: string, info: CloseInfo): void;
  /** Before its connection was handed to the client. */
  attemptGivenUp?(attempt: string): void;
  /** A gateway authenticates a client by this token. */
  tokenShown?(token: string): void;
  /** By hooks, in worlds that have them. */
  sessionEnded?(life: string, channelId: string, end: string): void;
  channelClosed?(life: string, channelId: string, code: number): void;
  /** A client that does not stop to send requests is about to sign in as this device. */
  floodBegan?(host: string, device: string): void;
  /** A handler has taken a request of this many bytes, from a client or a stranger. */
  handlerBegan?(session: Session, bytes: number): void;
  requestRan?(request: RequestRecord, life: GatewayLife): void;
  requestSettled?(request: RequestRecord): void;
  /** A port of the shared ones has acted. */
  portActed?(call: PortAct): void;
  /** To an `onError` of a server, a gateway or a client. */
  errorReported?(reporter: string, error: unknown): void;
  notePushed?(note: PushedNote): void;
}
