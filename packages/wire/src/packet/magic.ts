/** The four bytes in front of a LogicPkt. */
export const MagicLogicPkt = [0xc3, 0x11, 0xa3, 0x65] as const;
/** The four bytes in front of a BasicPkt. */
export const MagicBasicPkt = [0xc3, 0x15, 0xa7, 0x65] as const;

// The same as one u32 each, which is how they are compared.
export const LOGIC_MAGIC = 0xc311a365;
export const BASIC_MAGIC = 0xc315a765;
