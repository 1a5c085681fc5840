export { ClientError, type ClientErrorCode, clientErrorCodes } from "./errors.js";
export { createClient } from "./frame-client/client.js";
export type { ClientOptions } from "./frame-client/client-options.js";
