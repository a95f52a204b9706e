// Names: which can be kept as they are, by every database alike, and what a document is called in maps.

/** Whether a collection, document or client id comes back as it was written. */
export const isStorable = (name: string): boolean => name.isWellFormed() && !name.includes("\0");

/** One name for (collection, id), whatever characters they hold. */
export const documentName = (collection: string, id: string) => `${collection.length} ${collection}${id}`;
