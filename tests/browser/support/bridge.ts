import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { FromNode, FromPage } from "../page/bridge/bridge-messages.js";

/**
 * Lends a page the sockets that it cannot have: it listens where the page says, and passes the frames of each WebSocket
 * that is accepted on to the page and back. Frames are `ws`'s own; none of our code is on this side.
 *
 * @returns where the page finds it, and what closes it
 */
export async function openBridge() {
  const control = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  control.on("connection", (page) => new Bridge(page));
  await new Promise<void>((resolve) => control.once("listening", resolve));
  return {
    url: `ws://127.0.0.1:${(control.address() as AddressInfo).port}`,
    close(): void {
      for (const page of control.clients) page.terminate();
      control.close();
    },
  };
}

const opCodes = { text: 1, binary: 2, ping: 9, pong: 10 } as const;

class Bridge {
  readonly #page: WebSocket;
  readonly #listeners = new Map<number, WebSocketServer>();
  readonly #sockets = new Map<number, WebSocket>();
  #lastSocket = 0;

  constructor(page: WebSocket) {
    this.#page = page;
    page.on("message", (data) => this.#obey(JSON.parse(String(data))));
    page.on("close", () => {
      for (const socket of this.#sockets.values()) socket.terminate();
      for (const listener of this.#listeners.values()) listener.close();
    });
  }

  #tell(message: FromNode): void {
    this.#page.send(JSON.stringify(message));
  }

  #obey(message: FromPage): void {
    if (message.type === "listen") this.#listen(message.listener, message.port);
    else if (message.type === "unlisten") this.#unlisten(message.listener);
    else {
      const socket = this.#sockets.get(message.socket);
      if (socket) obeyFor(socket, message);
    }
  }

  #unlisten(listener: number): void {
    this.#listeners.get(listener)?.close(() => this.#tell({ type: "unlistened", listener }));
  }

  #listen(listener: number, port: number): void {
    const server = new WebSocketServer({ host: "127.0.0.1", port, autoPong: false, maxPayload: 0 });
    this.#listeners.set(listener, server);
    server.once("listening", () => {
      this.#tell({ type: "listening", listener, port: (server.address() as AddressInfo).port });
    });
    server.once("error", ({ message }) => this.#tell({ type: "failed", listener, message }));
    server.on("connection", (socket, request) => {
      const id = ++this.#lastSocket;
      this.#sockets.set(id, socket);
      const { remoteAddress = "", remotePort = 0 } = request.socket;
      this.#tell({ type: "accepted", listener, socket: id, host: remoteAddress, port: remotePort });
      const frame = (opCode: number) => (data: Buffer) =>
        this.#tell({ type: "frame", socket: id, opCode, payload: data.toString("base64") });
      socket.on("message", (data: Buffer, isBinary) => frame(isBinary ? opCodes.binary : opCodes.text)(data));
      socket.on("ping", frame(opCodes.ping)).on("pong", frame(opCodes.pong));
      socket.on("error", () => {});
      socket.on("close", (code, reason) => {
        this.#sockets.delete(id);
        this.#tell({ type: "ended", socket: id, code, reason: String(reason) });
      });
    });
  }
}

function obeyFor(socket: WebSocket, message: Exclude<FromPage, { type: "listen" | "unlisten" }>): void {
  switch (message.type) {
    case "frame":
      sendFrame(socket, message.opCode, Buffer.from(message.payload, "base64"));
      break;
    case "close":
      if (message.code === 1005) socket.close();
      else socket.close(message.code, message.reason);
      break;
    case "destroy":
      socket.terminate();
      break;
    case "pause":
      socket.pause();
      break;
    case "resume":
      socket.resume();
      break;
  }
}

function sendFrame(socket: WebSocket, opCode: number, payload: Buffer): void {
  if (opCode === opCodes.ping) socket.ping(payload);
  else if (opCode === opCodes.pong) socket.pong(payload);
  else socket.send(payload, { binary: opCode === opCodes.binary });
}
