/** From here on the load may be what limits the rate, unless the server has no time left either. */
const TOO_BUSY = 0.9;
const SATURATED = 0.95;

/** A server under load takes a larger share of its core. Less means that its CPU time was read too late. */
const TOO_IDLE = 0.02;

/**
 * Why a run says nothing about the server; undefined if it does.
 *
 * @param loadBusy the share of its core that the load took; `serverBusy` likewise
 * @param loadPolls whether the load is busy by its nature, and so does not limit the rate
 */
export function voidReason({ loadBusy, serverBusy, loadPolls }) {
  if (serverBusy < TOO_IDLE) return "the server's CPU time was read too late";
  if (loadPolls || loadBusy < TOO_BUSY || serverBusy >= SATURATED) return undefined;
  return `the load was ${percent(loadBusy)} busy, the server ${percent(serverBusy)}`;
}

function percent(share) {
  return `${Math.round(share * 100)} %`;
}
