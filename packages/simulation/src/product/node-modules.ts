import crypto from "node:crypto";
import http, { type RequestListener, type ServerOptions } from "node:http";
import { createRequire } from "node:module";
import type { Random } from "../kernel/random.js";
import { type SimulatedDisk, SimulatedLevel } from "../kernel/simulated-level.js";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Network } from "../net/network.js";
import { nodeNetOf } from "../net/node-net.js";

const requireReal = createRequire(import.meta.url);

/** `require` of one process: the modules of Node that reach the network or draw random bytes are its own. */
export function requireOf(
  process: SimulatedProcess,
  network: Network,
  host: string,
  disk: SimulatedDisk | undefined,
): (name: string) => unknown {
  const own: Record<string, unknown> = {
    net: nodeNetOf(process, network, host),
    http: nodeHttpOf(process),
    crypto: nodeCryptoOf(process.random),
    ...filesOf(disk),
  };
  return (name) => own[name.replace(/^node:/, "")] ?? requireReal(name);
}

/**
 * The real module: its parsers and messages use the streams that they are given, and no timers as long as no server of it
 * listens itself. Its answers have the date of the process.
 */
function nodeHttpOf(process: SimulatedProcess) {
  function createServer(options: ServerOptions, answer: RequestListener) {
    return http.createServer(options, (request, response) => {
      response.setHeader("Date", new Date(process.wallMs).toUTCString());
      answer(request, response);
    });
  }
  return { ...http, createServer };
}

/** A database on the disk of a process, and what is asked of its folder. */
function filesOf(disk: SimulatedDisk | undefined) {
  class DiskLevel extends SimulatedLevel {
    constructor() {
      super(disk!);
    }
  }
  const folders = {
    mkdir: async () => undefined,
    realpath: async (folder: string) => folder,
    statfs: async () => ({ bavail: 1e9, bsize: 4_096 }),
  };
  return { "classic-level": { ClassicLevel: DiskLevel }, "fs/promises": folders };
}

function nodeCryptoOf(random: Random) {
  function randomFillSync<T extends NodeJS.ArrayBufferView>(target: T, offset = 0, size?: number): T {
    const { buffer, byteOffset, byteLength } = target;
    random.fill(new Uint8Array(buffer, byteOffset + offset, size ?? byteLength - offset));
    return target;
  }
  return { ...crypto, randomFillSync, randomBytes: (size: number) => randomFillSync(Buffer.alloc(size)) };
}
