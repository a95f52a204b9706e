// Which names can be kept as they are, by every database alike.

/** Whether a collection, document or client id comes back as it was written. */
export const isStorable = (name: string): boolean => name.isWellFormed() && !name.includes("\0");
