/** A text that someone says; each text is of one message. */
export interface Talk {
  readonly text: string;
  readonly sender: string;
  /** An account; undefined for the group of all accounts. */
  readonly to: string | undefined;
  readonly isKeyed: boolean;
  /** The newest id that anyone was answered before it was sent first. */
  readonly newestBefore: bigint;
  /** Once it was acknowledged. */
  id?: bigint;
}

/** What a device has stored of its chats, whichever of its applications received it. */
export interface DeviceMemory {
  readonly account: string;
  /** Texts by id. */
  readonly seen: Map<bigint, string>;
}

/** What was said in a world and who has got it, seen from outside of all processes. */
export class ChatRecord {
  readonly talks: Talk[] = [];
  newestId = 0n;
  readonly #memories = new Map<string, DeviceMemory>();

  begin(sender: string, to: string | undefined, isKeyed: boolean): Talk {
    const text = `text ${this.talks.length + 1}`;
    const talk: Talk = { text, sender, to, isKeyed, newestBefore: this.newestId };
    this.talks.push(talk);
    return talk;
  }

  /** By account and device. */
  memoryOf(identity: string): DeviceMemory {
    const memory = this.#memories.get(identity) ?? { account: identity.split("/")[0]!, seen: new Map() };
    this.#memories.set(identity, memory);
    return memory;
  }
}
