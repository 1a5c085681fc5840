/** What a page tells the bridge. Payloads are in base64. */
export type FromPage =
  | { readonly type: "listen"; readonly listener: number; readonly port: number }
  | { readonly type: "unlisten"; readonly listener: number }
  | { readonly type: "frame"; readonly socket: number; readonly opCode: number; readonly payload: string }
  | { readonly type: "close"; readonly socket: number; readonly code: number; readonly reason: string }
  | { readonly type: "taken"; readonly socket: number; readonly characters: number }
  | { readonly type: "destroy" | "pause" | "resume"; readonly socket: number };

/** What the bridge tells the page. */
export type FromNode =
  | { readonly type: "listening"; readonly listener: number; readonly port: number }
  | { readonly type: "failed"; readonly listener: number; readonly message: string }
  | { readonly type: "unlistened"; readonly listener: number }
  | {
      readonly type: "accepted";
      readonly listener: number;
      readonly socket: number;
      readonly host: string;
      readonly port: number;
    }
  | { readonly type: "frame"; readonly socket: number; readonly opCode: number; readonly payload: string }
  | { readonly type: "ended"; readonly socket: number; readonly code: number; readonly reason: string };
