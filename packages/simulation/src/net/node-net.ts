import { isIP } from "node:net";
import type { SimulatedProcess } from "../kernel/simulated-process.js";
import type { Network } from "./network.js";
import { SimulatedServer } from "./simulated-server.js";
import { SimulatedSocket } from "./simulated-socket.js";
import { systemError } from "./system-error.js";

interface Target {
  readonly host?: string;
  readonly port?: number;
}

interface ServerOptions {
  readonly allowHalfOpen?: boolean;
}

type OnConnection = (socket: SimulatedSocket) => void;

/** How long Linux waits for each answer to a SYN. */
const SYN_WAITS_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000];

/** The module `node:net` of one process on one host. */
export function nodeNetOf(process: SimulatedProcess, network: Network, host: string) {
  let ports = 50_000;

  function connect(target: Target, connected?: () => void): SimulatedSocket {
    const socket = new SimulatedSocket(process, network);
    if (connected) socket.once("connect", connected);
    sendSyn(socket, target.host ?? "localhost", target.port ?? 0, ++ports, 0);
    return socket;
  }

  function sendSyn(socket: SimulatedSocket, to: string, port: number, ownPort: number, tries: number): void {
    const { latencyMs } = network.quality;
    const isPending = () => socket.connecting && !socket.destroyed && process.isAlive;
    const answered = (act: () => void) => process.poll(() => isPending() && act());
    let isAnswered = false;
    network.kernel.after(2 * latencyMs, () => {
      const isCut = network.off.has(to) || network.isBlocked(host, to) || network.isBlocked(to, host);
      if (!isPending() || isCut) return;
      isAnswered = true;
      const listening = network.listeningAt(to, port);
      if (!listening) {
        answered(() => socket.destroy(systemError("ECONNREFUSED", "connect", `${to}:${port}`)));
        return;
      }
      const id = network.nextConnection();
      const own = network.addEndpoint(host, ownPort, `${id}:${process.name}`);
      const other = network.addEndpoint(to, port, `${id}:server`);
      own.peer = other;
      other.peer = own;
      network.kernel.write(process.name, `${id} connects to ${to}:${port}`);
      listening.accept(other);
      process.poll(() => {
        if (!isPending()) {
          own.close();
          return;
        }
        socket.attach(own);
        socket.emit("connect");
        socket.emit("ready");
      });
    });
    network.kernel.after(SYN_WAITS_MS[tries]!, () => {
      if (isAnswered || !isPending()) return;
      if (tries + 1 < SYN_WAITS_MS.length) sendSyn(socket, to, port, ownPort, tries + 1);
      else answered(() => socket.destroy(systemError("ETIMEDOUT", "connect", `${to}:${port}`)));
    });
  }

  function createServer(...given: (ServerOptions | OnConnection)[]): SimulatedServer {
    const options = given.find((each): each is ServerOptions => typeof each === "object");
    const onConnection = given.find((each) => typeof each === "function");
    const server = new SimulatedServer(process, network, host, options?.allowHalfOpen ?? false);
    if (onConnection) server.on("connection", onConnection);
    return server;
  }

  return { connect, createConnection: connect, createServer, isIP, Socket: SimulatedSocket, Server: SimulatedServer };
}
