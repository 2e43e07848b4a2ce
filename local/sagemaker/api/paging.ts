import { ValidationException } from '../errors.ts';

type Page = { NextToken?: string | undefined; MaxResults?: number | undefined };

/** Where an item stands in a sorted list: what the list is sorted by, and a name that no other item has. */
type Place = [sortedBy: string | number, name: string];

/** A list in its order, with the place of each item in it. */
export type Sorted<Item> = { entries: { item: Item; place: Place }[]; descending: boolean };

const DEFAULT_PAGE = 100;

/** Sorts by the key, and among equals by name. */
export function sorted<Item>(items: Item[], placeOf: (item: Item) => Place, descending: boolean): Sorted<Item> {
  const entries = items.map((item) => ({ item, place: placeOf(item) }));
  const sign = descending ? -1 : 1;
  entries.sort((a, b) => sign * comparePlaces(a.place, b.place));
  return { entries, descending };
}

/** A list that keeps the order it has: its items are never taken away, and new ones come last. */
export function inOrder<Item>(items: Item[]): Sorted<Item> {
  return { entries: items.map((item, index) => ({ item, place: [index, ''] })), descending: false };
}

/**
 * The items of one page and the token of the next. A token is the place of the last item shown, so items that come or go
 * between two requests neither repeat nor hide others.
 */
export function page<Item>(
  list: Sorted<Item>,
  request: Page,
  defaultSize = DEFAULT_PAGE,
): { items: Item[]; NextToken?: string } {
  const from = request.NextToken === undefined || request.NextToken === '' ? 0 : positionAfter(list, request.NextToken);
  const shown = list.entries.slice(from, from + (request.MaxResults ?? defaultSize));
  const last = shown.at(-1);
  const items = shown.map((entry) => entry.item);
  return last === undefined || from + shown.length >= list.entries.length
    ? { items }
    : { items, NextToken: tokenOf(last.place) };
}

function positionAfter<Item>(list: Sorted<Item>, token: string): number {
  const place = placeOf(token);
  const sign = list.descending ? -1 : 1;
  const next = list.entries.findIndex((entry) => sign * comparePlaces(entry.place, place) > 0);
  return next === -1 ? list.entries.length : next;
}

function tokenOf(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function placeOf(token: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(place) && place.length === 2 && typeof place[1] === 'string') {
      const [by, name] = place;
      if (typeof by === 'string' || typeof by === 'number') return [by, name];
    }
  } catch {
    // Not JSON: no token of this server.
  }
  throw tokenRefused();
}

export function tokenRefused(): ValidationException {
  return new ValidationException(
    'The NextToken is invalid. Use the one that the last answer gave, with the same filters and order.',
  );
}

function comparePlaces(a: Place, b: Place): number {
  return compare(a[0], b[0]) || compare(a[1], b[1]);
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type Filters = {
  NameContains?: string | undefined;
  /** Like CreationTimeAfter, with that moment itself. */
  CreatedFrom?: Date | undefined;
  CreationTimeAfter?: Date | undefined;
  CreationTimeBefore?: Date | undefined;
  LastModifiedTimeAfter?: Date | undefined;
  LastModifiedTimeBefore?: Date | undefined;
  StatusEquals?: string | undefined;
  SortOrder?: string | undefined;
  SortBy?: string | undefined;
};

/** `id` tells items of one name apart; without it the name does. */
type Listed = { name: string; created: Date; modified: Date; status?: string; id?: string };

/** In lists of models, endpoint configs and endpoints, CreationTimeAfter means that time or later. */
export function createdFrom<Request extends { CreationTimeAfter?: Date | undefined }>(
  request: Request,
): Omit<Request, 'CreationTimeAfter'> & { CreatedFrom: Date | undefined } {
  const { CreationTimeAfter: CreatedFrom, ...rest } = request;
  return { ...rest, CreatedFrom };
}

/** What lists of jobs, models, configs and endpoints have in common: their filters, and sorting by name, time or status. */
export function select<Item>(
  items: Item[],
  facts: (item: Item) => Listed,
  filters: Filters,
  defaultOrder: string,
): Sorted<Item> {
  const key = sortKey(filters.SortBy);
  return sorted(
    items.filter((item) => passes(facts(item), filters)),
    (item) => {
      const listed = facts(item);
      return [key(listed), listed.id ?? listed.name];
    },
    (filters.SortOrder ?? defaultOrder) === 'Descending',
  );
}

function passes(item: Listed, filters: Filters): boolean {
  if (filters.NameContains !== undefined && !item.name.toLowerCase().includes(filters.NameContains.toLowerCase()))
    return false;
  if (filters.StatusEquals !== undefined && item.status !== filters.StatusEquals) return false;
  if (filters.CreatedFrom !== undefined && item.created < filters.CreatedFrom) return false;
  if (filters.CreationTimeAfter !== undefined && item.created <= filters.CreationTimeAfter) return false;
  if (filters.CreationTimeBefore !== undefined && item.created >= filters.CreationTimeBefore) return false;
  if (filters.LastModifiedTimeAfter !== undefined && item.modified <= filters.LastModifiedTimeAfter) return false;
  return filters.LastModifiedTimeBefore === undefined || item.modified < filters.LastModifiedTimeBefore;
}

function sortKey(sortBy: string | undefined): (item: Listed) => string | number {
  if (sortBy === 'Name') return (item) => item.name;
  if (sortBy === 'Status') return (item) => item.status ?? '';
  return (item) => item.created.getTime();
}
