import { Status } from "@im/wire";
import { DISPLACED } from "../gateway-close-code.js";

/** The peer is answered with a status, and closed. */
export class Refusal extends Error {
  readonly status: Status;

  constructor(status: Status, message: string, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

/** The client comes back by itself and has missed that it was kicked out. */
export class KickedOut extends Refusal {
  constructor() {
    super(Status.SessionNotFound, DISPLACED);
  }
}
