import { formatDistance, formatTime } from '../../shared/domain/format-time.ts';

/** A moment in words, and how far it lies from now. */
export function Time({ at, now }: { at: string; now: string }) {
  return (
    <>
      <time datetime={at}>{formatTime(at)}</time> <span class="soft">({formatDistance(at, now)})</span>
    </>
  );
}

/** Only how far a moment lies; the moment itself is the title. */
export function Distance({ at, now }: { at: string; now: string }) {
  return (
    <time datetime={at} title={formatTime(at)} class="nowrap">
      {formatDistance(at, now)}
    </time>
  );
}
