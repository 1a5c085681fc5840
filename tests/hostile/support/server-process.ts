import { ChildProgram } from "./child-program.js";
import type { Transport } from "./transports.js";

export interface Holdings {
  readonly channels: number;
  readonly descriptors: number;
  readonly timers: number;
}

export interface Measure extends Holdings {
  readonly heapUsed: number;
  readonly arrayBuffers: number;
  readonly rss: number;
  /** The highest since `watchPeak` was called. */
  readonly peakArrayBuffers: number;
  readonly peakRss: number;
  /** Channels that the garbage collector took. */
  readonly collected: number;
  /** Accepted sockets that it did not take. */
  readonly sockets: number;
}

export interface End {
  readonly id: string;
  readonly code: number;
  readonly clean: boolean;
  readonly error?: string;
  readonly atMs: number;
}

interface ServerProcessOptions {
  /** Of `createWsServer` or `createTcpServer`. */
  readonly options?: object;
  /** One of scenarios.mjs. @default "echo" */
  readonly scenario?: string;
  /** How many descriptors it may have open. */
  readonly maxDescriptors?: number;
}

/** A server in a process of its own: server-program.mjs. */
export class ServerProcess extends ChildProgram {
  port = 0;
  dialUrl = "";

  static async start(transport: Transport, given: ServerProcessOptions = {}): Promise<ServerProcess> {
    const { options = {}, scenario = "echo", maxDescriptors } = given;
    const server = new ServerProcess("server-program.mjs", { transport, options, scenario }, { maxDescriptors });
    return Object.assign(server, await server.call<{ port: number; dialUrl: string }>("start"));
  }

  measure(): Promise<Measure> {
    return this.call("measure");
  }

  holdings(): Promise<Holdings> {
    return this.call("holdings");
  }

  ends(): Promise<readonly End[]> {
    return this.call("ends");
  }

  counts(): Promise<Readonly<Record<string, number>>> {
    return this.call("counts");
  }
}
