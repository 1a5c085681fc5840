/** One thing of a store, as plain data: ids and times are decimal text, since JSON has no 64-bit integers. */
export type ExportedRecord =
  | {
      readonly kind: "message";
      readonly messageId: string;
      readonly sendTime: string;
      readonly sender: string;
      readonly to: { readonly account: string } | { readonly group: string };
      readonly type: number;
      readonly body: string;
      readonly extra: string;
    }
  | {
      readonly kind: "group";
      readonly groupId: string;
      readonly name: string;
      readonly avatar: string;
      readonly introduction: string;
      readonly owner: string;
    }
  | {
      readonly kind: "membership";
      readonly account: string;
      readonly groupId: string;
      readonly periods: readonly Period[];
    }
  | { readonly kind: "position"; readonly account: string; readonly device: string; readonly messageId: string }
  | { readonly kind: "read mark"; readonly account: string; readonly conversation: string; readonly messageId: string };

interface Period {
  readonly joinId: string;
  readonly quitId: string | undefined;
}
