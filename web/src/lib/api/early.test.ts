import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { formatQuery, parameters, usualOrder } from '../filters';
import { api, got } from './client';

afterEach(() => vi.unstubAllGlobals());

/** What `boot.js` asks on a page. */
function asked(pathname: string, search = ''): string | undefined {
  const fetch = vi.fn(() => Promise.resolve(new Response('{"items":[],"total":0}')));
  const window: { vidiconEarly?: { url: string; answer: Promise<Response> } } = {};
  const storage = { getItem: () => null };
  const document = { documentElement: { dataset: {}, lang: 'en' } };
  const boot = readFileSync(new URL('../../boot.js', import.meta.url), 'utf8');
  new Function('window', 'document', 'location', 'localStorage', 'fetch', boot)(window, document, { pathname, search }, storage, fetch);
  vi.stubGlobal('vidiconEarly', window.vidiconEarly);
  return window.vidiconEarly?.url;
}

it('the first question of the library is the one that its list will ask', async () => {
  const fetch = vi.fn();
  vi.stubGlobal('fetch', fetch);
  asked('/library');
  const query = formatQuery({ q: '', filters: {}, sort: 'added', order: usualOrder('added') });
  const list = await got(api.GET('/api/v1/videos', { params: { query: { ...parameters(query), limit: 100 } } }));
  expect(list.total).toBe(0);
  expect(fetch).not.toHaveBeenCalled();
});
it('so is that of the first page, once', async () => {
  const fetch = vi.fn(() => Promise.resolve(new Response('{}')));
  vi.stubGlobal('fetch', fetch);
  asked('/');
  await got(api.GET('/api/v1/home'));
  expect(fetch).not.toHaveBeenCalled();
  await got(api.GET('/api/v1/home'));
  expect(fetch).toHaveBeenCalledOnce();
});
it('nothing is asked early where the address says what is wanted', () => {
  expect(asked('/library', '?q=sun')).toBeUndefined();
  expect(asked('/watch/abc')).toBeUndefined();
});
