import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { BasicCode, commands, Flag, MetaType, Status } from "@im/wire";
import { MagicBasicPkt, MagicLogicPkt, metaKeys, serviceOf } from "@im/wire/codec";
import * as messages from "@im/wire/messages";
import { describe, expect, expectTypeOf, it } from "vitest";
import * as generated from "../src/gen/im/wire/v1/header_pb.js";
import { constants, type Field, toHex } from "./vectors.js";

describe("constants are kim's", () => {
  it("commands", () => {
    expect(Object.values(commands).sort()).toEqual(Object.values(constants.commands).sort());
    for (const [name, command] of Object.entries(commands)) {
      const kims = Object.keys(constants.commands).find((key) => key.toLowerCase() === `command${name}`.toLowerCase());
      expect(constants.commands[kims ?? ""]).toBe(command);
    }
  });

  it("magics, basic codes, meta keys, message types", () => {
    expect(toHex(Uint8Array.from(MagicLogicPkt))).toBe(constants.magic_hex.MagicLogicPkt);
    expect(toHex(Uint8Array.from(MagicBasicPkt))).toBe(constants.magic_hex.MagicBasicPkt);
    expect({ CodePing: BasicCode.Ping, CodePong: BasicCode.Pong }).toEqual(constants.basic_codes);
    expect({ MetaDestServer: metaKeys.destServer, MetaDestChannels: metaKeys.destChannels }).toEqual(
      constants.meta_keys,
    );
    const { Text: text, Image: image, Voice: voice, Video: video } = messages.MessageType;
    expect({
      MessageTypeText: text,
      MessageTypeImage: image,
      MessageTypeVoice: voice,
      MessageTypeVideo: video,
    }).toEqual(constants.message_types);
  });

  it.each([
    ["Flag", Flag, generated.Flag],
    ["Status", Status, generated.Status],
    ["MetaType", MetaType, generated.MetaType],
  ])("enum %s, which the generated code has too", (name, ours, theirs) => {
    expect(ours).toEqual(theirs);
    const kims = constants.enums[name]!.map(({ name, value }) => [name.toLowerCase(), value]);
    expect(Object.entries(ours).map(([key, value]) => [key.toLowerCase(), value])).toEqual(kims);
  });

  it("the listed enum numbers have the same types as the generated ones", () => {
    expectTypeOf(Flag).toEqualTypeOf(generated.Flag);
    expectTypeOf(Status).toEqualTypeOf(generated.Status);
    expectTypeOf(MetaType).toEqualTypeOf(generated.MetaType);
  });

  it.each(Object.entries(constants.service_name_of_command))("the service of %j is %j", (command, service) => {
    expect(serviceOf(command)).toBe(service);
  });
});

describe("field numbers and types are kim's", () => {
  const schemas = messages as unknown as Record<string, DescMessage>;
  const known: [string, readonly Field[]][] = [
    ["Header", constants.header_fields],
    ["Meta", constants.meta_fields],
    ...Object.entries(constants.message_fields),
  ];

  it.each(known)("%s", (name, fields) => {
    const ours = schemas[`${name}Schema`]!.fields.map((field) => ({
      name: field.localName.toLowerCase(),
      number: field.number,
      kind: kindOf(field),
    }));
    expect(ours).toEqual(fields.map((field) => ({ ...field, name: field.name.toLowerCase() })));
  });

  it("Header's fields have the names that TypeScript users see", () => {
    expect(schemas.HeaderSchema!.fields.map((field) => field.localName)).toEqual([
      "command",
      "channelId",
      "sequence",
      "flag",
      "status",
      "dest",
      "meta",
    ]);
  });
});

/** The kind of a field in the words of the vectors. */
function kindOf(field: DescField): string {
  switch (field.fieldKind) {
    case "scalar":
      return ScalarType[field.scalar].toLowerCase();
    case "list":
      return `repeated ${field.listKind === "scalar" ? ScalarType[field.scalar].toLowerCase() : field.listKind}`;
    default:
      return field.fieldKind;
  }
}
