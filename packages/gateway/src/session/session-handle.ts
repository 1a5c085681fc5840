import type { SessionRecord } from "../ports/session-directory.js";
import type { Session } from "./session.js";

/** What a session has besides what stands in the directory. */
export type OwnData = Omit<Session, keyof SessionRecord>;

/** A session as users hold it: they can read who it is, but neither end it nor push to it past the gateway. */
export class SessionHandle<Live> implements Session {
  readonly account: string;
  readonly device: string;
  readonly channelId: string;
  readonly gatewayId: string;
  readonly app: string;
  readonly zone: string;
  readonly isp: string;
  readonly remoteIp: string;
  readonly tags: readonly string[];
  readonly connectId: string;
  readonly data: unknown;
  readonly extensions: ReadonlySet<string>;
  readonly expiresAtMs: number | undefined;
  readonly #live: Live;

  constructor(record: SessionRecord, own: OwnData, live: Live) {
    this.account = record.account;
    this.device = record.device;
    this.channelId = record.channelId;
    this.gatewayId = record.gatewayId;
    this.app = record.app;
    this.zone = record.zone;
    this.isp = record.isp;
    this.remoteIp = record.remoteIp;
    this.tags = record.tags;
    this.connectId = record.connectId;
    this.data = own.data;
    this.extensions = own.extensions;
    this.expiresAtMs = own.expiresAtMs;
    this.#live = live;
    Object.freeze(this);
  }

  /** The session behind the handle, for the gateway itself. */
  static liveOf<Live>(handle: SessionHandle<Live>): Live {
    return handle.#live;
  }
}
