import { describe } from "vitest";
import { describeClientCertificates } from "./client-certificates.js";
import { describeClosing } from "./closing.js";
import { describeConnectionLimits } from "./connection-limits.js";
import { describeFaultsOfTheOriginal } from "./faults-of-the-original.js";
import { describeInheritedSockets } from "./inherited-sockets.js";
import { describeListening } from "./listening.js";
import { describeLogins } from "./logins.js";
import { describeLostConnections } from "./lost-connections.js";
import { describeOneWrite } from "./one-write.js";
import { describeOptions } from "./options.js";
import { describeProxyProtocol } from "./proxy-protocol.js";
import type { RawTransport } from "./raw-transport.js";
import { describeSeveralAddresses } from "./several-addresses.js";
import { describeShutdown } from "./shutdown.js";
import { describeTls } from "./tls.js";
import { describeTlsTickets } from "./tls-tickets.js";
import { describeTlsUpdates } from "./tls-updates.js";
import { describeUnfinishedFrames } from "./unfinished-frames.js";
import { describeUnreadCloses } from "./unread-closes.js";

export { connectedSocket, context, harness, secured } from "./harness.js";
export { invalidOption } from "./options.js";
export { closePayload, type Parsed, type RawFrame, RawPeer } from "./raw-peer.js";
export { type RawServer, startRawServer } from "./raw-server.js";
export type { RawTransport } from "./raw-transport.js";
export { sessionOf, shakeHands } from "./tls-updates.js";
export { describeViolations, type Violation } from "./violations.js";

/**
 * What every transport on Node's sockets does with peers that send bytes as they like: they stop in the middle of a frame, declare
 * bytes that never arrive, flood, reset, end one side, or begin a TLS handshake and never finish it. The transport's adapter builds
 * frames without the code under test.
 */
export function describeRawPeers(transport: RawTransport): void {
  describe(`raw peers of ${transport.scheme}`, () => {
    describeFaultsOfTheOriginal(transport);
    describeLogins(transport);
    describeUnfinishedFrames(transport);
    describeClosing(transport);
    describeUnreadCloses(transport);
    describeLostConnections(transport);
    describeShutdown(transport);
    describeConnectionLimits(transport);
    describeTls(transport);
    describeTlsUpdates(transport);
    describeTlsTickets(transport);
    describeClientCertificates(transport);
    describeProxyProtocol(transport);
    describeListening(transport);
    describeInheritedSockets(transport);
    describeSeveralAddresses(transport);
    describeOneWrite(transport);
    describeOptions(transport);
  });
}
