/**
 * What a gateway knows of the directory.
 *
 * - `complete`: it answers, and has all sessions.
 * - `refilling`: it answers, and had lost the lease or sessions of this gateway. For one lease, 20 seconds at most, gateways put
 *   their sessions back; until then pushes may miss some.
 * - `unreachable`: it does not answer renewals. Sessions live on. Sign-ins are refused once the lease is over.
 */
export type DirectoryState = "complete" | "refilling" | "unreachable";
