/** Enough that no codec can keep one result. */
const SAMPLES = 64;

/** Packets of a chat: a header of 46 bytes without meta, and a body of 128 bytes. */
export const samplePackets = Array.from({ length: SAMPLES }, (_, i) => ({
  command: "chat.user.talk",
  channelId: `gate01_channel${10 + (i % 90)}`,
  sequence: 100_000 + i,
  dest: `user${10 + i}`,
  text: Array.from({ length: 128 }, (_, at) => String.fromCharCode(97 + ((at * 7 + i) % 26))).join(""),
}));
