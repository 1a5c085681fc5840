import { describe, expect, it } from "vitest";
import { forwardedFor } from "../src/upgrade/forwarded-header.js";

describe("a Forwarded header", () => {
  it.each<[string, string[]]>([
    ["for=192.0.2.60;proto=http;by=203.0.113.43", ["192.0.2.60"]],
    ['For="[2001:db8:cafe::17]:4711"', ["[2001:db8:cafe::17]:4711"]],
    ["for=192.0.2.43, for=198.51.100.17", ["192.0.2.43", "198.51.100.17"]],
    ["for=192.0.2.43,FOR=198.51.100.17", ["192.0.2.43", "198.51.100.17"]],
    ["by=203.0.113.43;for=192.0.2.60 , proto=https", ["192.0.2.60", ""]],
    ['for="_gazonk", for=unknown', ["_gazonk", "unknown"]],
    ['host="a,b;c";for=192.0.2.60', ["192.0.2.60"]],
    ['for="192\\.0.2.60"', ["192.0.2.60"]],
    [";for=192.0.2.60;", ["192.0.2.60"]],
    ["", [""]],
  ])("%s is for these", (header, expected) => {
    expect(forwardedFor(header)).toEqual(expected);
  });

  it.each([
    'for="192.0.2.60',
    'for=6.6.6.6, for="x, for=192.0.2.60',
    'for=6.6.6.6, x=", for="[2001:db8::1]"',
    'for=6.6.6.6, x="\\, for="192.0.2.60"',
    "for=192.0.2.60:80",
    "for=[2001:db8::1]",
    "for = 192.0.2.60",
    "for=",
    "for",
    "192.0.2.60",
    "for=192.0.2.60 for=192.0.2.61",
  ])("%s is malformed, and for nobody", (header) => {
    expect(forwardedFor(header)).toEqual([]);
  });

  it("of any length is read in time", () => {
    const header = `for="${"\\a".repeat(8_000)}`;
    const begin = performance.now();
    expect(forwardedFor(header)).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(1_000);
  });
});
