/** How a handler treats a request. */
export type HandlerMode =
  | "sync"
  | "async"
  | "throw"
  | "reject"
  | "undefined"
  | "fail"
  | "gone"
  | "try-again"
  | "hang"
  | "push"
  | "twice"
  | "large";

/** What a request carries, as JSON. */
export interface RequestBody {
  readonly id: number;
  readonly mode: HandlerMode;
  readonly ms: number;
  readonly size: number;
}

/** One run of a handler for a request. */
export interface Execution {
  /** The process that ran it. */
  readonly life: string;
  readonly beganMs: number;
  /** The status that it answered with, if it did. */
  status?: number;
  /** Whether its gateway could not record the answer, or its claim was over. */
  isExcused?: boolean;
}

export interface RequestRecord extends RequestBody {
  readonly client: string;
  readonly key: string | undefined;
  /** By the clock of its process. */
  readonly dueMs: number;
  readonly executions: Execution[];
  outcome?: Outcome;
}

export interface Outcome {
  readonly atMs: number;
  readonly isOk: boolean;
  readonly code: string;
  readonly delivery: string | undefined;
  /** The id in the body of the response. */
  readonly answeredId: number | undefined;
}

/** A push of a numbered source, as its receiver knows it. */
export interface NoteBody {
  readonly source: string;
  readonly number: number;
  readonly pad?: string;
}

/** What was asked for and what came of it, seen from outside of all processes. */
export class Ledger {
  readonly requests = new Map<number, RequestRecord>();
  /** Requests that have not settled. */
  readonly open = new Set<RequestRecord>();
  #requests = 0;

  nextRequestId(): number {
    return ++this.#requests;
  }

  submitted(record: RequestRecord): void {
    this.requests.set(record.id, record);
    this.open.add(record);
  }

  settled(record: RequestRecord, outcome: Outcome): void {
    record.outcome = outcome;
    this.open.delete(record);
  }
}
