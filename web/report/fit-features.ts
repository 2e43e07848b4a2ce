import { raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** Bytes of the page that features may fill: with its frame and stylesheet it stays below 300 kB. */
const ROOM = 255_000;
/** What a stamp takes at most, where names are of the usual length: cards leave as much for each feature that waits. */
const ROOM_OF_STAMP = 1_000;
const FEWEST_CARDS = 10;
const MOST_CARDS = 60;

type Draw<Feature> = (feature: Feature, at: number) => string | Promise<string>;
type Fitted = { cards: HtmlEscapedString[]; stamps: HtmlEscapedString[]; left: number };

/** Draws features in their order while there is room; so the page's size has a bound whatever the names and the values are. */
export function fitFeatures<Feature>(
  features: readonly Feature[],
  drawCard: Draw<Feature>,
  drawStamp: Draw<Feature>,
): Fitted {
  const cards: HtmlEscapedString[] = [];
  const stamps: HtmlEscapedString[] = [];
  let used = 0;
  for (const [at, feature] of features.entries()) {
    const mayBeCard = stamps.length === 0 && cards.length < MOST_CARDS;
    const card = mayBeCard ? String(drawCard(feature, at)) : undefined;
    const kept = at < FEWEST_CARDS ? 0 : (features.length - at - 1) * ROOM_OF_STAMP;
    if (card !== undefined && used + sizeOf(card) + kept <= ROOM) {
      cards.push(raw(card));
      used += sizeOf(card);
      continue;
    }
    const stamp = String(drawStamp(feature, at));
    if (used + sizeOf(stamp) > ROOM) return { cards, stamps, left: features.length - at };
    stamps.push(raw(stamp));
    used += sizeOf(stamp);
  }
  return { cards, stamps, left: 0 };
}

function sizeOf(html: string): number {
  return Buffer.byteLength(html);
}
