/** Something that the person who starts the world can put right; the message says what is wrong and what to do. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
}
