import { expect, it } from 'vitest';
import { folderUrl, match, watchUrl } from './router';

it('addresses mean pages', () => {
  expect(match('/').page).toBe('home');
  expect(match('/library').page).toBe('library');
  expect(match('/library/').page).toBe('library');
  expect(match('/library/duplicates').page).toBe('duplicates');
  expect(match('/playlists/7')).toEqual({ page: 'playlist', rest: ['7'] });
  expect(match('/admin/logs')).toEqual({ page: 'admin', rest: ['logs'] });
  expect(match('/favorites').page).toBe('favourites');
});
it('a film may have any name', () => {
  expect(match('/watch/a%20b%2Fc/%3Cb%3E').rest).toEqual(['a b/c', '<b>']);
  expect(match('/watch/50%').rest).toEqual(['50%']);
});
it('other addresses mean no page', () => {
  for (const path of ['/nothing', '/library/x', '/constructor', '/watch', '/playlists/x', '/tags/1']) {
    expect(match(path).page).toBe('unknown');
  }
});
it('links lead where they say', () => {
  expect(match(watchUrl('abc')).rest).toEqual(['abc']);
  expect(watchUrl('abc', { playlist: 3, item: 9 })).toBe('/watch/abc?playlist=3&item=9');
  expect(folderUrl('Shows/A%20%26%20B')).toBe('/library/folders?folder=Shows%2FA%2520%2526%2520B');
});
