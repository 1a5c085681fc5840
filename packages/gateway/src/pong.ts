import { basicPong, marshal } from "@im/wire";

/** The answer to a BasicPkt ping, by which pages ask whether the server is there. */
export const PONG = /* @__PURE__ */ marshal(basicPong);
