/** FNV-1a over UTF-16 units with a final mix (murmur3's), 32 bit, unsigned: spreads short texts evenly, is no cryptographic hash. */
export function fnvHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Orders texts by their hash, equal hashes by the text: the same order whoever asks. */
export function compareByHash(a: string, b: string): number {
  return fnvHash(a) - fnvHash(b) || (a < b ? -1 : a > b ? 1 : 0);
}
