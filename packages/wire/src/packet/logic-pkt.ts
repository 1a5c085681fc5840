import { EMPTY_BYTES } from "@im/transport-core/internal";
import { Flag, type Header, type Meta, Status } from "./header.js";
import type { Sequence } from "./sequence.js";

/** The packet of everything but heartbeats: a header, flattened as in Go's embedding, and an opaque body. */
export interface LogicPkt extends Header {
  readonly kind: "logic";
  /** By custom another protobuf message, see `@im/wire/messages`. */
  readonly body: Uint8Array;
}

/** What a new LogicPkt is made of; an absent member takes its default (empty, 0). A whole packet is one as well. */
export interface LogicPktInit extends Partial<Header> {
  readonly command: string;
  readonly body?: Uint8Array;
}

const NO_META: readonly Meta[] = [];

/**
 * A LogicPkt with all that `init` says: `createLogicPkt({ ...packet, body })` keeps flag, status and meta, which kim's
 * NewFrom loses. The body is not copied.
 */
export function createLogicPkt(init: LogicPktInit): LogicPkt {
  return packetOf(init, init.flag ?? Flag.Request, init.status ?? Status.Success, init.sequence ?? 0);
}

/** A request. A sequence that is 0 or absent takes the next of `sequence`. */
export function createRequest(init: LogicPktInit, sequence: Sequence): LogicPkt {
  return packetOf(init, Flag.Request, Status.Success, init.sequence || sequence.next());
}

/** What a response says beyond the request that it answers. */
export interface ResponseInit {
  /** Default Success. */
  readonly status?: Status;
  readonly body?: Uint8Array;
  readonly meta?: readonly Meta[];
}

/** The response to a request: copies its command, channelId, sequence (0 included) and dest, as kim does. */
export function createResponse(request: Header, init: ResponseInit = {}): LogicPkt {
  const { command, channelId, sequence, dest } = request;
  const { status = Status.Success, body = EMPTY_BYTES, meta = NO_META } = init;
  return { kind: "logic", command, channelId, sequence, flag: Flag.Response, status, dest, meta, body };
}

/**
 * A push. `createPush({ ...request, body })` keeps command, channelId, sequence, dest and meta of the request, as kim's
 * pushes do (but the meta, which kim loses); the status is Success.
 */
export function createPush(init: LogicPktInit): LogicPkt {
  return packetOf(init, Flag.Push, Status.Success, init.sequence ?? 0);
}

/** Each member by name: a spread takes V8 thirty times as long as the marshalling that follows. */
function packetOf(init: LogicPktInit, flag: Flag, status: Status, sequence: number): LogicPkt {
  const packet: LogicPkt & { unknownFields?: Uint8Array } = {
    kind: "logic",
    command: init.command,
    channelId: init.channelId ?? "",
    sequence,
    flag,
    status,
    dest: init.dest ?? "",
    meta: init.meta ?? NO_META,
    body: init.body ?? EMPTY_BYTES,
  };
  if (init.unknownFields !== undefined) packet.unknownFields = init.unknownFields;
  return packet;
}
