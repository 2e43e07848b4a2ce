import { ValidationException } from '../errors.ts';

type Page = { NextToken?: string | undefined; MaxResults?: number | undefined };

const DEFAULT_PAGE = 100;

/** The items of one page and the token of the next. Tokens are positions in the sorted list. */
export function page<Item>(
  items: Item[],
  request: Page,
  defaultSize = DEFAULT_PAGE,
): { items: Item[]; NextToken?: string } {
  const from = request.NextToken === undefined || request.NextToken === '' ? 0 : positionOf(request.NextToken);
  const to = from + (request.MaxResults ?? defaultSize);
  const shown = items.slice(from, to);
  return to < items.length
    ? { items: shown, NextToken: Buffer.from(`position:${to}`).toString('base64url') }
    : { items: shown };
}

function positionOf(token: string): number {
  const match = /^position:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  if (match?.[1] === undefined)
    throw new ValidationException('The NextToken is invalid. Use the one that the last answer gave.');
  return Number(match[1]);
}

type Filters = {
  NameContains?: string | undefined;
  CreationTimeAfter?: Date | undefined;
  CreationTimeBefore?: Date | undefined;
  LastModifiedTimeAfter?: Date | undefined;
  LastModifiedTimeBefore?: Date | undefined;
  StatusEquals?: string | undefined;
  SortOrder?: string | undefined;
  SortBy?: string | undefined;
};

type Listed = { name: string; created: Date; modified: Date; status?: string };

/** What lists of jobs, models, configs and endpoints have in common: their filters, and sorting by name, time or status. */
export function select<Item>(
  items: Item[],
  facts: (item: Item) => Listed,
  filters: Filters,
  defaultOrder: string,
): Item[] {
  const listed = items.map((item) => ({ item, facts: facts(item) })).filter((entry) => passes(entry.facts, filters));
  const key = sortKey(filters.SortBy);
  listed.sort((a, b) => compare(key(a.facts), key(b.facts)));
  if ((filters.SortOrder ?? defaultOrder) === 'Descending') listed.reverse();
  return listed.map((entry) => entry.item);
}

function passes(item: Listed, filters: Filters): boolean {
  if (filters.NameContains !== undefined && !item.name.toLowerCase().includes(filters.NameContains.toLowerCase()))
    return false;
  if (filters.StatusEquals !== undefined && item.status !== filters.StatusEquals) return false;
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

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
