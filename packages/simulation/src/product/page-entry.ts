// What is simulated in pages: the same packages by their entries for browsers.
export { createImClient } from "@im/client";
export { wsDialer } from "@im/transport-ws/browser";
export { Extension } from "@im/wire/codec";
