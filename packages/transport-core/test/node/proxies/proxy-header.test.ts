import { describe, expect, it } from "vitest";
import { malformedHeaders, validHeaders } from "../../../../test-support/src/proxy-headers.js";
import { parseProxyHeader } from "../../../src/node/proxies/proxy-header.js";

it("there are 50 valid headers and 200 malformed ones", () => {
  expect([validHeaders.length, malformedHeaders.length]).toEqual([50, 200]);
});

describe("a valid header", () => {
  it.each(validHeaders)("$what is parsed, and is incomplete wherever it is cut", ({ bytes, client }) => {
    for (let end = 1; end < bytes.length; end++) expect(parseProxyHeader(bytes.subarray(0, end))).toBe("incomplete");
    expect(parseProxyHeader(bytes)).toEqual({ byteLength: bytes.length, client });
  });

  it.each(validHeaders)("$what ends where it ends, whatever follows", ({ bytes, client }) => {
    const followed = Buffer.concat([bytes, Buffer.alloc(5_000, "\r\nPROXY ")]);
    expect(parseProxyHeader(followed)).toEqual({ byteLength: bytes.length, client });
  });
});

describe("a malformed header", () => {
  it.each(malformedHeaders)("with $what is invalid once and for all, and never valid before", ({ bytes }) => {
    const found: unknown[] = [];
    for (let end = 1; end <= bytes.length; end++) {
      const parsed = parseProxyHeader(bytes.subarray(0, end));
      if (parsed !== found.at(-1)) found.push(parsed);
    }
    expect(found.filter((parsed) => parsed !== "incomplete")).toEqual(["invalid"]);
    expect(found.at(-1)).toBe("invalid");
  });
});

describe("what was received of a header that is not complete", () => {
  it.each([
    ["a line", Buffer.from(`PROXY UNKNOWN ${"x".repeat(200)}`), 106],
    ["version 2", Buffer.concat([validHeaders.at(-1)!.bytes.subarray(0, 14), Buffer.alloc(5_000, 0x0f)]), 16 + 0x0f0f],
  ])("is bounded: %s", (_, bytes, mostBytes) => {
    let most = 0;
    for (let end = 1; end <= bytes.length; end++) {
      if (parseProxyHeader(bytes.subarray(0, end)) === "incomplete") most = end;
    }
    expect(most).toBeLessThanOrEqual(mostBytes);
  });
});
