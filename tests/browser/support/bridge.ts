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

/** How much may be on its way to the page: a pause that the page asks for comes too late for all of it. */
const MAX_UNDER_WAY_CHARACTERS = 1024 * 1024;

/** A socket that is read when the page wants to read it, and has taken nearly all that was read before. */
class LentSocket {
  readonly webSocket: WebSocket;
  #underWay = 0;
  #isPaused = false;

  constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#readOrWait();
  }

  passedOn(characters: number): void {
    this.#underWay += characters;
    this.#readOrWait();
  }

  #readOrWait(): void {
    if (this.#isPaused || this.#underWay > MAX_UNDER_WAY_CHARACTERS) this.webSocket.pause();
    else this.webSocket.resume();
  }
}

class Bridge {
  readonly #page: WebSocket;
  readonly #listeners = new Map<number, WebSocketServer>();
  readonly #sockets = new Map<number, LentSocket>();
  #lastSocket = 0;

  constructor(page: WebSocket) {
    this.#page = page;
    page.on("message", (data) => this.#obey(JSON.parse(String(data))));
    page.on("close", () => {
      for (const { webSocket } of this.#sockets.values()) webSocket.terminate();
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
      const lent = new LentSocket(socket);
      this.#sockets.set(id, lent);
      const { remoteAddress = "", remotePort = 0 } = request.socket;
      this.#tell({ type: "accepted", listener, socket: id, host: remoteAddress, port: remotePort });
      const frame = (opCode: number) => (data: Buffer) => {
        const payload = data.toString("base64");
        this.#tell({ type: "frame", socket: id, opCode, payload });
        lent.passedOn(payload.length);
      };
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

function obeyFor(lent: LentSocket, message: Exclude<FromPage, { type: "listen" | "unlisten" }>): void {
  const socket = lent.webSocket;
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
    case "taken":
      lent.passedOn(-message.characters);
      break;
    case "pause":
      lent.pause(true);
      break;
    case "resume":
      lent.pause(false);
      break;
  }
}

function sendFrame(socket: WebSocket, opCode: number, payload: Buffer): void {
  if (opCode === opCodes.ping) socket.ping(payload);
  else if (opCode === opCodes.pong) socket.pong(payload);
  else socket.send(payload, { binary: opCode === opCodes.binary });
}
