/** For servers of ours: all of the load has one address. */
export const openToOneAddress = {
  host: "127.0.0.1",
  maxConnectionsPerAddress: Number.POSITIVE_INFINITY,
  maxAcceptsPerSecond: Number.POSITIVE_INFINITY,
};
