/** The members of the platform's WebSocket (WHATWG) that are used; beside Node's types those of the DOM are missing. */
export interface PlatformWebSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  /** The subprotocol that the server chose. */
  readonly protocol: string;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: string | ArrayBuffer }) => void) | null;
  onerror: (() => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string; readonly wasClean: boolean }) => void) | null;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
}

/** The constructor that browsers, Deno and Bun have as a global, and Node from 22 on. */
export type PlatformWebSocketClass = new (url: string, protocols?: string[]) => PlatformWebSocket;
