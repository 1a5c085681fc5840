import { headerError } from "../header/header-error.js";
import { HeaderTag } from "../header/header-tags.js";
import { commandAt } from "../header/read-command.js";
import { readHeader } from "../header/read-header.js";
import { readMetas } from "../header/read-meta.js";
import { Flag, type Meta, Status } from "../packet/header.js";
import { checkMetaCount } from "../packet/limits.js";
import { fieldEnd, int32At, tagAt, textAt } from "../protobuf/fields.js";
import { readU32, viewOf } from "./bytes.js";

/** Declared as a class, since of accessors of a class only TypeScript knows that `{ ...view }` loses them. */
declare abstract class Getters {
  get command(): string;
  get channelId(): string;
  get dest(): string;
  get meta(): readonly Meta[];
  /** A view of `bytes`. */
  get body(): Uint8Array;
  get unknownFields(): Uint8Array | undefined;
}

/**
 * A LogicPkt whose strings and metas are decoded when you read them; see `scan`. Its members are getters: `{ ...view }`, which
 * TypeScript does not take for a packet, and `withMeta` lose them; `createLogicPkt(view)` gives a packet that can be
 * copied so.
 *
 * command, channelId, dest, meta and unknownFields throw IM_ERR_HEADER_INVALID where `scan` has not looked.
 */
export interface LogicPktView extends Getters {
  readonly kind: "logic";
  /** The whole packet as received: forward it instead of marshalling again. */
  readonly bytes: Uint8Array;
  readonly sequence: number;
  readonly flag: Flag;
  readonly status: Status;
}

const NO_META: readonly Meta[] = [];

/** A string that has been read; before that, the position of its field. */
type Text = string | number;

/** Finds the fields of the header and reads its numbers; reads strings and metas on demand. */
export class LazyLogicPkt implements LogicPktView {
  readonly kind = "logic";
  readonly bytes: Uint8Array;
  readonly sequence: number;
  readonly flag: Flag;
  readonly status: Status;
  readonly #headerEnd: number;
  #command: Text;
  #channelId: Text;
  #dest: Text;
  /** True while there are metas that have not been read. */
  #meta: readonly Meta[] | true;
  readonly #hasUnknown: boolean;
  #body: Uint8Array | undefined;

  /** @param bytes one LogicPkt; the caller has checked its lengths. Throws IM_ERR_HEADER_INVALID, IM_ERR_HEADER_TOO_LARGE. */
  constructor(bytes: Uint8Array) {
    const headerEnd = 8 + readU32(bytes, 4);
    let command: Text = "";
    let channelId: Text = "";
    let sequence = 0;
    let flag: Flag = Flag.Request;
    let status: Status = Status.Success;
    let dest: Text = "";
    let metas = 0;
    let hasUnknown = false;
    try {
      for (let at = 8; at < headerEnd; ) {
        const next = fieldEnd(bytes, at, headerEnd);
        switch (tagAt(bytes, at)) {
          case HeaderTag.command:
            command = at;
            break;
          case HeaderTag.channelId:
            channelId = at;
            break;
          case HeaderTag.sequence:
            sequence = int32At(bytes, at) >>> 0;
            break;
          case HeaderTag.flag:
            flag = int32At(bytes, at);
            break;
          case HeaderTag.status:
            status = int32At(bytes, at);
            break;
          case HeaderTag.dest:
            dest = at;
            break;
          case HeaderTag.meta:
            checkMetaCount(++metas);
            break;
          default:
            hasUnknown = true;
        }
        at = next;
      }
    } catch (cause) {
      throw headerError(cause);
    }
    this.bytes = bytes;
    this.sequence = sequence;
    this.flag = flag;
    this.status = status;
    this.#headerEnd = headerEnd;
    this.#command = command;
    this.#channelId = channelId;
    this.#dest = dest;
    this.#meta = metas > 0 || NO_META;
    this.#hasUnknown = hasUnknown;
    this.#body = undefined;
  }

  get command(): string {
    if (typeof this.#command === "number") this.#command = this.#read(commandAt, this.#command);
    return this.#command;
  }

  get channelId(): string {
    if (typeof this.#channelId === "number") this.#channelId = this.#read(textAt, this.#channelId);
    return this.#channelId;
  }

  get dest(): string {
    if (typeof this.#dest === "number") this.#dest = this.#read(textAt, this.#dest);
    return this.#dest;
  }

  get meta(): readonly Meta[] {
    if (this.#meta === true) this.#meta = readMetas(this.bytes, 8, this.#headerEnd);
    return this.#meta;
  }

  /** A view of `bytes`. */
  get body(): Uint8Array {
    this.#body ??= viewOf(this.bytes, this.#headerEnd + 4, this.bytes.length);
    return this.#body;
  }

  get unknownFields(): Uint8Array | undefined {
    return this.#hasUnknown ? readHeader(this.bytes, 8, this.#headerEnd, this.body).unknownFields : undefined;
  }

  #read(stringAt: typeof textAt, at: number): string {
    try {
      return stringAt(this.bytes, at);
    } catch (cause) {
      throw headerError(cause);
    }
  }
}
