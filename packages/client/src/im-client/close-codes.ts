/** The gateway closes with it when another sign-in has displaced the session. */
export const KICKED_OUT_CODE = 4001;
/** The gateway closes with it when the token of the sign-in has expired: the client signs in with a fresh one. */
export const TOKEN_EXPIRED = 4003;
