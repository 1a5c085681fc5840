/** Bodies of one kind to bytes and back: a protobuf message (`messageCodec` in `@im/wire/messages`), JSON, anything. */
export interface BodyCodec<Message = unknown, Init = Message> {
  /** The bytes of a body. Throws for what cannot be written. */
  encode(init: Init): Uint8Array;
  /** Throws for bytes that are no such body: the gateway then answers Status.InvalidPacketBody. */
  decode(body: Uint8Array): Message;
}

/** Any codec: what it reads and writes is known to its own type. */
export type AnyBodyCodec = BodyCodec<unknown, never>;

/** What one command carries. Without a codec its body is empty, or there is no such packet. */
export interface CommandDefinition {
  readonly request?: AnyBodyCodec | undefined;
  /** Of a response with status Success. Any other status has an ErrorResp. */
  readonly response?: AnyBodyCodec | undefined;
  readonly push?: AnyBodyCodec | undefined;
  /** A request needs a `dest`: without one it is answered with Status.NoDestination. */
  readonly needsDest?: boolean | undefined;
}

/**
 * Ties each command to its messages: client and gateway take the same map and are typed by it. Its entries are looked up
 * as own properties only. Extend one by spreading it: `{ ...commandMap, "game.move": { request: moveCodec } }`.
 */
export type CommandMap = Readonly<Record<string, CommandDefinition>>;

/** The commands of a map. */
export type CommandOf<Map extends CommandMap> = keyof Map & string;

type Codec<Definition, Kind extends string> = Definition extends { readonly [kind in Kind]: infer C } ? C : undefined;
type Decoded<C> = C extends BodyCodec<infer Message, never> ? Message : undefined;
type Encodable<C> = C extends { encode(init: infer Init): Uint8Array } ? Init : undefined;

/** What a request of the command says once it is decoded; undefined if its body is empty. */
export type RequestOf<Map extends CommandMap, C extends keyof Map> = Decoded<Codec<Map[C], "request">>;
/** What a request of the command is made from. */
export type RequestInitOf<Map extends CommandMap, C extends keyof Map> = Encodable<Codec<Map[C], "request">>;
/** What a response of the command says once it is decoded; undefined if its body is empty. */
export type ResponseOf<Map extends CommandMap, C extends keyof Map> = Decoded<Codec<Map[C], "response">>;
/** What a response of the command is made from. */
export type ResponseInitOf<Map extends CommandMap, C extends keyof Map> = Encodable<Codec<Map[C], "response">>;
/** What a push of the command says once it is decoded; undefined if its body is empty. */
export type PushOf<Map extends CommandMap, C extends keyof Map> = Decoded<Codec<Map[C], "push">>;
/** What a push of the command is made from. */
export type PushInitOf<Map extends CommandMap, C extends keyof Map> = Encodable<Codec<Map[C], "push">>;
