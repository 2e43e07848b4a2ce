/** As text: nothing in it mentions anybody, closes another issue, loads a picture or begins a quick action. */
export function prose(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_{}[\]<>()#+!|~@&$%^]/g, (character) => `\\${character}`);
}

/** Between back-ticks; none within, and no bar that would end a table's cell. */
export function code(text: string): string {
  return `\`${text.replaceAll(/[`|\s]+/g, ' ')}\``;
}
