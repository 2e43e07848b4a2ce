/** So much of a value tells one category from another. */
export const CATEGORY_LENGTH = 100;

/** The category that a text belongs to: itself, cut to {@link CATEGORY_LENGTH} so that free text can't fill the memory. */
export function categoryKey(text: string): string {
  return text.length > CATEGORY_LENGTH ? text.slice(0, CATEGORY_LENGTH) : text;
}
