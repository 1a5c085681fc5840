/** Why bytes are no protobuf message. The caller, which knows what it reads, turns it into a WireError. */
export class MalformedField extends Error {}
