import { TransportError } from "@im/transport-core";
import { describe, expect, it } from "vitest";
import { parseTcpAddress } from "../src/tcp-address.js";

describe("an address", () => {
  it.each([
    ["tcp://example.org:8000", { host: "example.org", port: 8000, tls: false }],
    ["tls://example.org:8000", { host: "example.org", port: 8000, tls: true }],
    ["example.org:8000", { host: "example.org", port: 8000, tls: undefined }],
    ["127.0.0.1:1", { host: "127.0.0.1", port: 1, tls: undefined }],
    ["tcp://[::1]:65535", { host: "::1", port: 65535, tls: false }],
    ["[fe80::1%eth0]:80", { host: "fe80::1%eth0", port: 80, tls: undefined }],
    ["tcp://example.org:8000/", { host: "example.org", port: 8000, tls: false }],
    ["unix:/run/im.sock", { path: "/run/im.sock" }],
    ["unix:im.sock", { path: "im.sock" }],
  ])("%s is taken", (address, target) => {
    expect(parseTcpAddress(address)).toMatchObject(target);
  });

  it.each([
    "",
    "example.org",
    "example.org:",
    ":8000",
    "example.org:0",
    "example.org:65536",
    "example.org:-1",
    "example.org:8000a",
    "example.org:8000/path",
    "::1:8000",
    "[::1]",
    "http://example.org:80",
    "ws://example.org:80",
    "tcp:example.org:80",
    "unix:",
  ])("%j is refused with IM_ERR_INVALID_ADDRESS, which quotes it", (address) => {
    expect(() => parseTcpAddress(address)).toThrow(
      expect.objectContaining({
        code: "IM_ERR_INVALID_ADDRESS",
        message: expect.stringContaining(JSON.stringify(address)),
      }),
    );
    expect(() => parseTcpAddress(address)).toThrow(TransportError);
  });
});
