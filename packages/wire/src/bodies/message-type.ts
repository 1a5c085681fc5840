/** The `type` of a MessageReq, MessagePush and MessageContent. Other numbers are allowed. */
export const MessageType = { Text: 1, Image: 2, Voice: 3, Video: 4 } as const;
