/** Leaves room for the header and for the field numbers in a packet of 1 MiB. */
export const MAX_RESPONSE_BYTES = 917_504;
