/** What is used of the platform's WebSocket (WHATWG); its own types are not there where Node's are. */
export interface PlatformWebSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  /** The subprotocol that was agreed on. */
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
