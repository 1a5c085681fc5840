import type { IncomingMessage } from "node:http";
import { type Address, type RefusalReason, TransportError } from "@im/transport-core";
import type { WsServerOptions } from "../ws-options.js";

/** Why an upgrade is refused, and the HTTP status of the answer. */
export interface UpgradeRefusal {
  readonly why: RefusalReason;
  readonly status: number;
}

/** What the gate decides about a request: a refusal, or what `verifyUpgrade` passes on to the login. */
export interface UpgradeDecision {
  readonly refusal?: UpgradeRefusal;
  readonly data?: unknown;
}

type Guards = Pick<WsServerOptions, "origins" | "verifyUpgrade">;

/** Decides about upgrade requests: by their origin first, then by `verifyUpgrade` of the application. */
export class UpgradeGate {
  readonly #verify: Guards["verifyUpgrade"];
  readonly #isAllowed: (origin: string | undefined, request: IncomingMessage) => boolean;
  /** Whether neither option is given, so that every request passes. */
  readonly isUnguarded: boolean;

  constructor({ origins, verifyUpgrade }: Guards) {
    this.isUnguarded = origins === undefined && verifyUpgrade === undefined;
    this.#verify = verifyUpgrade;
    this.#isAllowed = typeof origins === "function" ? origins : allowing(origins);
  }

  /**
   * Never rejects.
   *
   * @param failed is called with what the application throws; the peer gets 500 without it
   */
  async ask(
    request: IncomingMessage,
    remoteAddress: Address | undefined,
    failed: (error: unknown) => void,
  ): Promise<UpgradeDecision> {
    try {
      const isAllowed: unknown = this.#isAllowed(request.headers.origin, request);
      if (isAllowed === false) return { refusal: { why: "origin", status: 403 } };
      if (isAllowed !== true) throw invalidVerdict("origins must return true or false, not a promise", isAllowed);
      const verdict = this.#verify ? await this.#verify(request, { remoteAddress }) : true;
      if (verdict === true) return {};
      if (isAdmission(verdict)) return { data: verdict.data };
      return { refusal: { why: "verify-upgrade", status: statusOfVerdict(verdict) } };
    } catch (error) {
      failed(error);
      return { refusal: { why: "verify-upgrade", status: 500 } };
    }
  }
}

/** Only browsers send an origin, and only users of browsers need the protection (RFC 6455 §10.2). */
function allowing(origins: readonly string[] | undefined) {
  const allowed = new Set(origins?.map((origin) => origin.toLowerCase()));
  return (origin: string | undefined) =>
    origins === undefined || origin === undefined || allowed.has(origin.toLowerCase());
}

function isAdmission(verdict: unknown): verdict is { readonly data: unknown } {
  return typeof verdict === "object" && verdict !== null && "data" in verdict;
}

/** @throws `IM_ERR_INVALID_OPTION` for a result that is neither boolean nor status */
function statusOfVerdict(verdict: unknown): number {
  if (verdict === false) return 403;
  if (typeof verdict === "number" && Number.isInteger(verdict) && verdict >= 400 && verdict <= 599) return verdict;
  throw invalidVerdict("verifyUpgrade must return true, { data }, false or a status from 400 to 599", verdict);
}

function invalidVerdict(rule: string, verdict: unknown): TransportError {
  return new TransportError("IM_ERR_INVALID_OPTION", `${rule}, not ${String(verdict)}`);
}
