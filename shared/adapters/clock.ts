/** The time now, as every record has it. */
export function systemTime(): string {
  return new Date().toISOString();
}
