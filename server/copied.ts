// Copies of what is JSON, for those who may change them: what a program is given, and what it gave, is its own. A large
// document is a hundred thousand small objects, for which `structuredClone` takes five times as long, and nobody else is
// served meanwhile.

/** @param value  JSON, which has been looked at: of no more depth than ops and documents have */
export function copied<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => copied(part)) as T;
  const copy: { [key: string]: unknown } = {};
  for (const [key, part] of Object.entries(value)) copy[key] = copied(part);
  return copy as T;
}
