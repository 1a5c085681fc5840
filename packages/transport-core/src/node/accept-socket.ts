import type { Socket } from "node:net";
import type { Address } from "../contract/address.js";
import type { AcceptSink, Handshake, Refusal } from "../server/listener-driver.js";
import { incomingSocket } from "./incoming-socket.js";
import { readProxyHeader } from "./proxies/read-proxy-header.js";
import type { TrustedProxies } from "./proxies/trusted-proxies.js";

/** A socket within the limits, whose handshake begins. */
export interface AcceptedSocket {
  readonly handshake: Handshake;
  /** Where the client connects from, if a trusted proxy has said so. Otherwise the socket has the address. */
  readonly client: Address | undefined;
  /** Whether that is a trusted proxy again, whose request names the client: the listener calls `handshake.identify` then. */
  readonly isProxy: boolean;
}

/**
 * Reports a socket to the sink. From a trusted proxy that sends PROXY headers, the header is read first.
 *
 * @param proxies those that may say where their clients connect from
 * @param refuse sends the peer an answer. @default the socket is destroyed
 * @param begin called at once, or when the header is read; not if the server refuses the socket. A socket whose header was
 * read is paused, and gives what follows the header
 */
export function acceptSocket(
  sink: AcceptSink,
  socket: Socket,
  proxies: TrustedProxies | undefined,
  refuse: ((refusal: Refusal) => void) | undefined,
  begin: (accepted: AcceptedSocket) => void,
): void {
  const isProxy = proxies?.trustsPeer(socket) ?? false;
  const incoming = incomingSocket(socket, refuse, isProxy);
  const handshake = sink.accepted(incoming);
  if (!handshake) return;
  if (!isProxy || !proxies!.sendHeaders) {
    begin({ handshake, client: undefined, isProxy });
    return;
  }
  readProxyHeader(
    socket,
    ({ client: named }) => {
      // A proxy in front of this one may be trusted, too.
      const isProxy = proxies!.sendRequests && named !== undefined && proxies!.trusts(named.host);
      const client = named ?? incoming.remoteAddress;
      const refusal = isProxy ? undefined : handshake.identify(client);
      if (!refusal) begin({ handshake, client, isProxy });
      else if (refuse) refuse(refusal);
      else socket.destroy();
    },
    () => handshake.failed("proxy-header"),
  );
}
