export { createClient } from "./client.js";
export type { ClientOptions } from "./client-options.js";
export { ClientError, type ClientErrorCode, clientErrorCodes } from "./errors.js";
