/** Up to here a copy costs less than a piece of its own in the system call, beyond it more; here they cost the same. */
export const COPY_LIMIT_BYTES = 4 * 1024;
