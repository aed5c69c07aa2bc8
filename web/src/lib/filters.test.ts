import { describe, expect, it } from 'vitest';
import { chips, formatQuery, listName, listValue, parameters, parseQuery, parseRange, queryObject, splitList, toggle, without } from './filters';

describe('the address of a list', () => {
  it('gives the same query that it was made from', () => {
    const query = toggle(toggle({ q: 'år & "x" <b>', filters: {}, sort: 'views', order: 'asc' }, 'tags', '3'), 'duration', '600..1800');
    expect(parseQuery(`?${formatQuery(query)}`)).toEqual(query);
  });
  it('is the same whatever the order of its parts', () => {
    expect(formatQuery(parseQuery('?sort=title&q=a&tags=2,1'))).toBe(formatQuery(parseQuery('?tags=2,1&q=a&sort=title')));
  });
  it('leaves out what it does not know', () => {
    expect(parseQuery('?sort=nonsense&order=up&colour=red&seed=-1')).toEqual({ q: '', filters: {} });
  });
  it('keeps a folder with a comma whole', () => {
    expect(parseQuery('?folder=Shows%2C%20old').filters.folder).toEqual(['Shows, old']);
  });
  it('keeps several values of one filter, each once', () => {
    expect(parseQuery('?codec=av1,hevc,av1').filters.codec).toEqual(['av1', 'hevc']);
  });
});

describe('a list', () => {
  it('may have names with commas and backslashes', () => {
    const names = ['plain', 'one, two', 'back\\slash', '<b>', '日本'];
    const text = names.map(listValue).join(',');
    expect(splitList(text).map(listName)).toEqual(names);
    const query = parseQuery(`?tags=${encodeURIComponent(text)}`);
    expect(parseQuery(`?${formatQuery(query)}`)).toEqual(query);
  });
  it('has no empty values', () => {
    expect(splitList(',a,,b,')).toEqual(['a', 'b']);
  });
});

describe('chips', () => {
  it('are as many as there are values', () => {
    expect(chips(parseQuery('?tags=1,2&watched=no'))).toHaveLength(3);
  });
  it('come off one by one', () => {
    const query = parseQuery('?tags=1,2');
    expect(formatQuery(without(query, 'tags', '1'))).toBe('tags=2');
    expect(formatQuery(without(without(query, 'tags', '1'), 'tags', '2'))).toBe('');
  });
  it('of a filter with one value are replaced', () => {
    expect(formatQuery(toggle(parseQuery('?watched=no'), 'watched', 'yes'))).toBe('watched=yes');
  });
});

it('a batch names the search by the same keys', () => {
  expect(queryObject(parseQuery('?q=a&tags=1,2'))).toEqual({ q: 'a', tags: '1,2' });
  expect(queryObject(parseQuery('?playlist=3'))).toEqual({ playlist: 3 });
});

it('a list is asked for by the words of its address', () => {
  expect(parameters(formatQuery(parseQuery('?tags=a\\,b,c&q=x y&sort=title')))).toEqual({ q: 'x y', tags: 'a\\,b,c', sort: 'title' });
});

it('ranges are open at either side but not at both', () => {
  expect(parseRange('600..')).toEqual({ from: 600 });
  expect(parseRange('..600')).toEqual({ to: 600 });
  expect(parseRange('..')).toBeUndefined();
  expect(parseRange('3')).toBeUndefined();
});
