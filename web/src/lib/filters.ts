// What the address says of a list: filters, words, order. Both ways, so that a link is a search.
import type { BatchQuery, ListQuery } from './api/types';

export const filterKeys = [
  'tags', 'any_tags', 'not_tags', 'rating', 'duration', 'height', 'codec', 'audio', 'language',
  'subtitles', 'container', 'folder', 'watched', 'favourite', 'added', 'hidden', 'away', 'playlist',
  'problem',
] as const;
export type FilterKey = (typeof filterKeys)[number];

export const sorts = [
  'added', 'title', 'rating', 'views', 'duration', 'played', 'made', 'size', 'random', 'relevance',
] as const;
export type Sort = (typeof sorts)[number];
export type Order = 'asc' | 'desc';

/** Filters that may have several values at once; all others have one. */
const several: ReadonlySet<FilterKey> = new Set<FilterKey>([
  'tags', 'any_tags', 'not_tags', 'codec', 'audio', 'language', 'subtitles', 'container',
]);

/** A list, as its address describes it. Values are text, exactly as the server takes them. */
export interface Query {
  q: string;
  filters: Partial<Record<FilterKey, string[]>>;
  sort?: Sort;
  order?: Order;
  /** Which of the random orders. */
  seed?: string;
}

export const emptyQuery: Query = { q: '', filters: {} };

/** The bound on one value: longer ones are no filter of ours. */
const longest = 4096;

export function parseQuery(search: string): Query {
  const params = new URLSearchParams(search);
  const filters: Query['filters'] = {};
  for (const key of filterKeys) {
    const text = params.get(key);
    if (!text || text.length > longest) continue;
    const values = several.has(key) ? [...new Set(splitList(text))] : [text];
    if (values.length) filters[key] = values;
  }
  const query: Query = { q: (params.get('q') ?? '').slice(0, 200), filters };
  const sort = params.get('sort');
  if (isSort(sort)) query.sort = sort;
  const order = params.get('order');
  if (order === 'asc' || order === 'desc') query.order = order;
  const seed = params.get('seed');
  if (seed && /^\d{1,15}$/.test(seed)) query.seed = seed;
  return query;
}

/** The values of a list. A comma within a value is written `\,`; values stay in that form. */
export function splitList(text: string): string[] {
  return (text.match(/(?:\\.|[^,\\])+/gs) ?? []).filter((value) => value.trim() !== '');
}

/** A name as a value of a list. */
export function listValue(name: string): string {
  return name.replace(/[\\,]/g, '\\$&');
}

/** The name that a value of a list stands for. */
export function listName(value: string): string {
  return value.replace(/\\([\\,])/g, '$1');
}

/** The query as parameters in a fixed order: equal queries give equal text. No `?` in front. */
export function formatQuery(query: Query): string {
  const params = new URLSearchParams();
  if (query.q) params.set('q', query.q);
  for (const key of filterKeys) {
    const values = query.filters[key];
    if (values?.length) params.set(key, values.join(','));
  }
  if (query.sort) params.set('sort', query.sort);
  if (query.order) params.set('order', query.order);
  if (query.seed) params.set('seed', query.seed);
  // Commas and ranges are easier to read bare, and allowed in a query.
  return params.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
}

/** The query for a batch: the same keys as an object. */
export function queryObject(query: Query): BatchQuery {
  const { playlist, ...rest } = Object.fromEntries(new URLSearchParams(formatQuery(query)));
  return { ...rest, ...(playlist === undefined ? {} : { playlist: Number(playlist) }) } as BatchQuery;
}

/** The parameters of a list as the client takes them. What is no value of a filter, the server says. */
export function parameters(search: string): ListQuery {
  return Object.fromEntries(new URLSearchParams(search)) as ListQuery;
}

export function has(query: Query, key: FilterKey, value: string): boolean {
  return query.filters[key]?.includes(value) ?? false;
}

/** The query with the value added, or taken away where it was there. */
export function toggle(query: Query, key: FilterKey, value: string): Query {
  if (has(query, key, value)) return without(query, key, value);
  const values = several.has(key) ? [...(query.filters[key] ?? []), value] : [value];
  return { ...query, filters: { ...query.filters, [key]: values } };
}

/** The query without the value, or without the whole filter. */
export function without(query: Query, key: FilterKey, value?: string): Query {
  const filters = { ...query.filters };
  const values = value === undefined ? [] : (filters[key] ?? []).filter((v) => v !== value);
  if (values.length) filters[key] = values;
  else delete filters[key];
  return { ...query, filters };
}

export function withFilter(query: Query, key: FilterKey, value: string): Query {
  return { ...query, filters: { ...query.filters, [key]: [value] } };
}

/** One chip each. */
export function chips(query: Query): { key: FilterKey; value: string }[] {
  return filterKeys.flatMap((key) => (query.filters[key] ?? []).map((value) => ({ key, value })));
}

/** The order in which a sort is mostly wanted. */
export function usualOrder(sort: Sort): Order {
  return sort === 'title' || sort === 'random' ? 'asc' : 'desc';
}

/** `600..1800`, `..600` or `7200..`; bounds are whole numbers, both included. */
export function parseRange(text: string): { from?: number; to?: number } | undefined {
  const parts = /^(\d{0,12})\.\.(\d{0,12})$/.exec(text);
  if (!parts || (!parts[1] && !parts[2])) return undefined;
  return {
    ...(parts[1] ? { from: Number(parts[1]) } : {}),
    ...(parts[2] ? { to: Number(parts[2]) } : {}),
  };
}

function isSort(text: string | null): text is Sort {
  return sorts.some((sort) => sort === text);
}
