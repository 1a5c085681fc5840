import type { IncomingMessage } from "node:http";
import type { UpgradeRequest } from "@im/transport-core";
import { parseCookies } from "./cookies.js";

/** An upgrade request as logins see it. Query and cookies are parsed when they are read: most logins read neither. */
export class ReceivedUpgrade implements UpgradeRequest {
  readonly data: unknown;
  readonly #request: IncomingMessage;
  #query: URLSearchParams | undefined;
  #cookies: ReadonlyMap<string, string> | undefined;

  /** @param data what `verifyUpgrade` passes on */
  constructor(request: IncomingMessage, data: unknown) {
    this.#request = request;
    this.data = data;
  }

  get url(): string {
    return this.#request.url!;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(/^[^?#]*\?([^#]*)/.exec(this.url)?.[1]);
    return this.#query;
  }

  get headers(): UpgradeRequest["headers"] {
    return this.#request.headers;
  }

  get cookies(): ReadonlyMap<string, string> {
    this.#cookies ??= parseCookies(this.#request.headers.cookie);
    return this.#cookies;
  }
}
