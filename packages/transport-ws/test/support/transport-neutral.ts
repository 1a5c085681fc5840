// What tests of every transport on Node's sockets use. It lives where it was needed first.
export { countWrites } from "../../../transport-tcp/test/support/handle-spy.js";
export { loginOr, slowLogin } from "../../../transport-tcp/test/support/logins.js";
export {
  chunksOf,
  failure,
  fuzzRuns,
  fuzzTimeout,
  mutate,
  noise,
  type Random,
  randomFrom,
} from "../../../transport-tcp/test/support/noise.js";
export { Recorder, within } from "../../../transport-tcp/test/support/recorder.js";
export {
  bytesOf,
  dialWith,
  expectToServe,
  loginByName,
  read,
  send,
  startWatched,
  textOf,
  type WatchedServer,
} from "../../../transport-tcp/test/support/watched-server.js";
