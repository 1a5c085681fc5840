import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type CompactFields, compactCodec, compactCommandMap } from "../src/compact.js";
import { type BodyCodec, type Command, commands, type RequestInitOf, type ResponseOf } from "../src/index.js";
import { commandMap } from "../src/messages.js";
import { fromHex } from "./vectors.js";

type AnyCodec = BodyCodec<Record<string, unknown>, Record<string, unknown>>;

const pairs = Object.values(commands).flatMap((command) =>
  (["request", "response", "push"] as const).map((kind) => ({
    name: `${kind} of ${command}`,
    generated: (commandMap[command] as unknown as Record<string, AnyCodec | undefined>)[kind],
    compact: (compactCommandMap[command] as unknown as Record<string, AnyCodec | undefined>)[kind],
  })),
);

/** Values as the generated message has them, whatever its fields are. */
function valuesLike(sample: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const text = fc.string({ unit: "grapheme" });
  const arbitraryOf = (name: string, value: unknown): fc.Arbitrary<unknown> => {
    if (typeof value === "string") return text;
    if (typeof value === "bigint") return int64;
    if (typeof value === "number") return fc.integer();
    if (name === "messageIds") return fc.array(int64);
    if (name === "indexes") return fc.array(fc.record({ messageId: int64, direction: fc.integer(), group: text }));
    if (name === "contents") return fc.array(fc.record({ messageId: int64, type: fc.integer(), body: text }));
    if (name === "members" && "createdAt" in sample) return fc.array(fc.record({ account: text, joinTime: int64 }));
    return fc.array(text);
  };
  const fields = Object.entries(sample).filter(([name]) => !name.startsWith("$"));
  return fc.record(Object.fromEntries(fields.map(([name, value]) => [name, arbitraryOf(name, value)])), {
    requiredKeys: [],
  });
}

/** Without what only the generated code has. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith("$"))
      .map(([name, inner]) => [name, plain(inner)]),
  );
}

it("has a codec wherever the generated map has one", () => {
  const names = (kind: "generated" | "compact") => pairs.filter((pair) => pair[kind]).map(({ name }) => name);
  expect(names("compact")).toEqual(names("generated"));
});

const codecs = pairs.flatMap(({ name, generated, compact }) =>
  generated && compact ? [{ name, generated, compact }] : [],
);

describe.each(codecs)("the $name", ({ generated, compact }) => {
  it("is written and read as the generated code does", () => {
    const values = valuesLike(generated.decode(new Uint8Array(0)));
    fc.assert(
      fc.property(values, (init) => {
        const bytes = generated.encode(init);
        expect(compact.encode(init)).toEqual(bytes);
        expect(compact.decode(bytes)).toEqual(plain(generated.decode(bytes)));
      }),
      { numRuns: 50 },
    );
  });

  it("refuses, and accepts, the same bytes", () => {
    const outcome = (codec: AnyCodec, bytes: Uint8Array) => {
      try {
        return plain(codec.decode(bytes));
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
        expect(outcome(compact, bytes)).toEqual(outcome(generated, bytes));
      }),
      { numRuns: 200 },
    );
  });
});

/** What nobody should give, now and then beside what is right. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, "", "x", "\ud800", 0, 7, -0, 0.5, Number.NaN, 2 ** 31, 0n, 1n, 2n ** 63n),
  fc.constantFrom<unknown>(true, Symbol("s"), () => "x", new Date(0), new Uint8Array(2), new Map([["body", "x"]])),
  fc.constantFrom<unknown>({}, [], [[]], [undefined], [null], [""], [1], [1n], ["x", 5], [{}], Object.create(null)),
  fc.constantFrom<unknown>(
    [{ account: 5 }],
    [{ account: "x", text: "x" }],
    [{ messageId: 1 }],
    [{ messageId: 1n }],
    [[1n]],
  ),
  fc.constantFrom<unknown>(Promise.resolve({}), new String("x"), Array(2), { length: 1, 0: "x" }, Object("x")),
);

describe.each(codecs)("the $name and the generated code", ({ generated, compact }) => {
  const outcome = (codec: AnyCodec, init: unknown) => {
    try {
      return codec.encode(init as Record<string, unknown>);
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };
  const names = Object.keys(plain(generated.decode(new Uint8Array(0))) as object);
  const name = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...names) },
    fc.constantFrom("text", "toString", "constructor", "__proto__", "$typeName", "$unknown", "$other", "0", ""),
  );

  it("take and refuse the same odd values, with the same code", () => {
    const inits = fc.oneof(
      { weight: 6, arbitrary: fc.array(fc.tuple(name, oddValue), { maxLength: 4 }).map(Object.fromEntries) },
      oddValue,
    );
    fc.assert(
      fc.property(inits, (init) => {
        const ours = outcome(compact, init);
        expect(ours).toEqual(outcome(generated, init));
        if (!(ours instanceof Uint8Array)) expect(ours).toBe("IM_ERR_BODY_INVALID");
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, unknown, RegExp]>([
    ["a field that there is not", { text: "x" }, /\bno field text\b/],
    ["nothing", undefined, /object.*Undefined/],
    ["a text", "x", /object.*String/],
    ["bytes", new Uint8Array(0), /object.*Uint8Array/],
    ["a promise", Promise.resolve({}), /object.*Promise/],
  ])("refuse %s", (_, init, words) => {
    for (const codec of [generated, compact]) {
      const refused = { code: "IM_ERR_BODY_INVALID", message: expect.stringMatching(words) };
      expect(() => codec.encode(init as never)).toThrow(expect.objectContaining(refused));
    }
  });

  it("take what was decoded, by themselves and by the other", () => {
    for (const from of [generated, compact]) {
      for (const to of [generated, compact]) expect(to.encode({ ...from.decode(new Uint8Array(0)) })).toHaveLength(0);
    }
  });
});

it.each<[string, Record<string, unknown>, string]>([
  ["chat.user.talk", { type: "1" }, "type must be an integer from -2147483648 to 2147483647, not String"],
  ["chat.user.talk", { body: 5 }, "body must be a string, not 5"],
  ["chat.talk.ack", { messageId: 5 }, "messageId must be a bigint of 64 bits, not 5"],
  ["chat.offline.content", { messageIds: 5n }, "messageIds must be an array, not BigInt"],
  ["chat.group.create", { members: ["a", null] }, "members must be a string, not Null"],
])("both maps name the field of %s and its type: %s", (command, init, message) => {
  for (const map of [commandMap, compactCommandMap]) {
    const { request } = (map as unknown as Record<string, { request: AnyCodec }>)[command]!;
    expect(() => request.encode(init)).toThrow(message);
  }
});

it("both maps name what a nested message does not have", () => {
  for (const map of [commandMap, compactCommandMap]) {
    const { response } = map["chat.group.detail"] as unknown as { response: AnyCodec };
    expect(() => response.encode({ members: [{ nick: "x" }] })).toThrow("no field members.nick");
    expect(() => response.encode({ members: [{ alias: 5 }] })).toThrow("members.alias must be a string, not 5");
    expect(() => response.encode({ members: ["x"] })).toThrow("members must be an object");
  }
});

describe("a compact codec", () => {
  it.each<[string, unknown]>([
    ["a kind that there is not", { x: "int64s", y: "text" }],
    ["a kind of Object's own", { y: "toString" }],
    ["no kind", { y: undefined }],
    ["brackets around nothing", { y: [] }],
    ["brackets around two", { y: [{ a: "string" }, { b: "string" }] }],
    ["a kind in brackets", { y: ["string"] }],
    ["a nested kind that there is not", { x: "string", y: [{ a: "string", y: "float" }] }],
    ["more than 15 fields", Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`y${index}`, "string"]))],
    ["a list for fields", ["string"]],
    ["nothing at all", undefined],
  ])("is not made from %s, and says so at once", (_, fields) => {
    const refused = { code: "IM_ERR_WIRE_ARGUMENT", message: expect.stringMatching(/\by\b|at most 15/) };
    expect(() => compactCodec("Example", fields as CompactFields)).toThrow(expect.objectContaining(refused));
  });

  const codec = compactCodec("Example", { text: "string", count: "int32", id: "int64", ids: "int64s" });

  it.each([
    ["a text that is none", { text: 1 }, "text"],
    ["a lone surrogate", { text: "\ud800" }, "surrogate"],
    ["a fraction", { count: 0.5 }, "count"],
    ["33 bits", { count: 2 ** 32 }, "count"],
    ["a number for a bigint", { id: 1 }, "id"],
    ["65 bits", { id: 2n ** 64n }, "id"],
    ["a list that is none", { ids: 1n }, "ids"],
  ])("refuses %s, by name", (_, init, word) => {
    expect(() => codec.encode(init as never)).toThrow(expect.objectContaining({ code: "IM_ERR_BODY_INVALID" }));
    expect(() => codec.encode(init as never)).toThrow(word);
  });

  it("may hold messages like itself", () => {
    const tree: { name: "string"; children?: [CompactFields] } = { name: "string" };
    tree.children = [tree as CompactFields];
    const trees = compactCodec("Tree", tree as CompactFields);
    const value = { name: "a", children: [{ name: "b", children: [{ name: "c", children: [] }] }] };
    expect(trees.decode(trees.encode(value))).toEqual(value);
  });

  it.each([
    ["wider than 64 bits", `08${"ff".repeat(9)}02`],
    ["of eleven bytes", `08${"ff".repeat(10)}01`],
    ["cut", "08ff"],
  ])("refuses an int64 that is %s, as the generated code does", (_, hex) => {
    const bytes = fromHex(hex);
    const refused = expect.objectContaining({ code: "IM_ERR_BODY_INVALID" });
    expect(() => compactCommandMap["chat.talk.ack"].request.decode(bytes)).toThrow(refused);
    expect(() => commandMap["chat.talk.ack"].request.decode(bytes)).toThrow(refused);
  });

  it("is typed by its fields", () => {
    type Map = typeof compactCommandMap;
    const right: RequestInitOf<Map, "chat.user.talk"> = { body: "hi" };
    expectTypeOf<ResponseOf<Map, "chat.user.talk">>().toEqualTypeOf<{ messageId: bigint; sendTime: bigint }>();
    expectTypeOf<ResponseOf<Map, "chat.group.detail">["members"][number]["joinTime"]>().toEqualTypeOf<bigint>();
    expectTypeOf<keyof Map>().toEqualTypeOf<Command>();
    // @ts-expect-error no such field
    const wrong: RequestInitOf<Map, "chat.user.talk"> = { text: "hi" };
    expect([right, wrong]).toHaveLength(2);
  });
});
