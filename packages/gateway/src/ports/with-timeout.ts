import { isThenable, PatientTimer } from "@im/transport-core/internal";
import { GatewayError } from "../gateway-error.js";
import type { MaybePromise } from "./maybe-promise.js";

/** The result of a call of a port, if it comes in time; a later one is ignored. @throws `IM_ERR_PORT_TIMEOUT` */
export function withTimeout<T>(given: MaybePromise<T>, timeoutMs: number, call: string): MaybePromise<T> {
  if (!isThenable(given)) return given;
  return new Promise((resolve, reject) => {
    const expire = () => reject(new GatewayError("IM_ERR_PORT_TIMEOUT", `${call} took longer than ${timeoutMs} ms`));
    const timer = new PatientTimer(expire).start(timeoutMs);
    // Not with `finally`, which makes three promises more: a push has two such calls.
    given.then(
      (result) => {
        timer.stop();
        resolve(result);
      },
      (error) => {
        timer.stop();
        reject(error);
      },
    );
  });
}
