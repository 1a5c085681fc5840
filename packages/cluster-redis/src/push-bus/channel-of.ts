/** The channel of a gateway. JSON is well-formed Unicode, whatever text the id is. */
export function channelOf({ keyPrefix }: { readonly keyPrefix: string }, gatewayId: string): string {
  return `${keyPrefix}bus:${JSON.stringify(gatewayId)}`;
}
