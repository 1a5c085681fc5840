/** How many broadcasts one message asks for. */
export const burst = Number(process.argv[2]);
