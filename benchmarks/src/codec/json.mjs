// The packet as one JSON text; its body is text too, which is the best case for JSON.

export const packetOf = (sample) => sample;
export const encode = (packet) => Buffer.from(JSON.stringify(packet));
export const decode = (bytes) => JSON.parse(bytes.toString());
export const forward = (bytes) => decode(bytes).command;
export const stamp = (bytes, channelId) => encode({ ...decode(bytes), channelId });
export const headerOf = (packet) => packet;
export const textOf = ({ text }) => text;
