import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { type CommandBodies, commandBodies } from "./command-bodies.js";
import type { BodyCodec } from "./command-map.js";
import { decodeBody, encodeBody } from "./generated-body.js";

/** The codec of a generated message, by `encodeBody` and `decodeBody`: both throw IM_ERR_BODY_INVALID. */
export function messageCodec<Desc extends DescMessage>(
  schema: Desc,
): BodyCodec<MessageShape<Desc>, MessageInitShape<Desc>> {
  return {
    encode: (init) => encodeBody(schema, init),
    decode: (body) => decodeBody(schema, body),
  };
}

type CodecOf<Schema> = Schema extends DescMessage
  ? BodyCodec<MessageShape<Schema>, MessageInitShape<Schema>>
  : undefined;

/** The map of commands whose messages are generated. */
export type CommandCodecs<Bodies extends Readonly<Record<string, CommandBodies>>> = {
  readonly [Command in keyof Bodies]: {
    readonly request: CodecOf<Bodies[Command]["request"]>;
    readonly response: CodecOf<Bodies[Command]["response"]>;
    readonly push: CodecOf<Bodies[Command]["push"]>;
    readonly needsDest: boolean;
  };
};

/** A command map from a table of schemas, one for each command. */
export function defineCommands<const Bodies extends Readonly<Record<string, CommandBodies>>>(
  bodies: Bodies,
): CommandCodecs<Bodies> {
  const codecOf = (schema: DescMessage | undefined) => schema && messageCodec(schema);
  const codecs = Object.entries(bodies).map(([command, { request, response, push, needsDest = false }]) => [
    command,
    { request: codecOf(request), response: codecOf(response), push: codecOf(push), needsDest },
  ]);
  return Object.fromEntries(codecs) as CommandCodecs<Bodies>;
}

/** The commands of kim with their messages, for a gateway and its clients. */
export const commandMap = /* @__PURE__ */ defineCommands(commandBodies);
