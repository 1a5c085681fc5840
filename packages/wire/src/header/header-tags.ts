/** Tags of the Header's fields: field number times eight plus wire type. All fit one byte. */
export const HeaderTag = {
  command: 10,
  channelId: 18,
  sequence: 24,
  flag: 32,
  status: 40,
  dest: 50,
  meta: 58,
} as const;

/** Tags of a Meta's fields. */
export const MetaTag = { key: 10, value: 18, type: 24 } as const;
