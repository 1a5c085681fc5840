import { describeViolations } from "@im/test-support/raw-peer";
import { closeFrame, frame } from "./support/raw-frames.js";
import { rawTcp } from "./support/raw-tcp.js";

describeViolations(rawTcp, [
  ["a length beyond the limit", Buffer.from("0200100001", "hex"), 1009, /1048577 bytes.*limit is 1048576/],
  ["a length of 0xffffffff", Buffer.from("02ffffffff616263", "hex"), 1009, /4294967295 bytes/],
  ["a little-endian length", Buffer.from("0203000000616263", "hex"), 1009, /50331648 bytes/],
  ["opcode 3", frame(3, "hi"), 1002, /unknown opcode 3/],
  ["opcode 7 without payload", frame(7), 1002, /unknown opcode 7/],
  ["opcode 11", frame(11, "hi"), 1002, /unknown opcode 11/],
  ["opcode 0x82, as WebSocket writes Binary", Buffer.from("820000000268690a", "hex"), 1002, /unknown opcode 130/],
  ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: im\r\n\r\n"), 1009, /bytes/],
  ["a Ping of 126 bytes", frame(9, Buffer.alloc(126)), 1002, /control frame/],
  ["a Close whose payload is one byte", frame(8, "a"), 1002, /invalid Close/],
  ["a Close without a code, only text", frame(8, "EOF"), 1002, /invalid Close/],
  ["a Close of code 1005", closeFrame(1005), 1002, /invalid Close/],
  ["a Close whose reason is no UTF-8", frame(8, Uint8Array.of(3, 0xe8, 0xff)), 1002, /invalid Close/],
]);
