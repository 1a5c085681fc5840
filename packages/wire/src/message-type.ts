/** The `type` of a MessageReq, MessagePush and MessageContent. Other numbers are allowed. */
export const MessageType = { text: 1, image: 2, voice: 3, video: 4 } as const;
