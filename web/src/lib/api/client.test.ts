import { afterEach, describe, expect, it, vi } from 'vitest';
import { api, edits, got, heard, isAbort, Trouble, whenWanted } from './client';

const asked: Request[] = [];
function server(answer: () => Response | Promise<Response>): void {
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(request);
    return Promise.resolve().then(answer);
  });
}
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => new Response(JSON.stringify(body), { status, headers });
const trouble = (asking: Promise<unknown>) => asking.then(() => undefined, (error: unknown) => error as Trouble);

afterEach(() => {
  asked.length = 0;
  vi.unstubAllGlobals();
});

describe('a request', () => {
  it('carries names as text, whatever they contain', async () => {
    server(() => json({ items: [] }));
    await got(api.PUT('/api/v1/videos/{id}/tags/{name}', { params: { path: { id: 'a', name: 'x/y?z#$& {id}' } } }));
    expect(decodeURIComponent(new URL(asked[0]?.url ?? '').pathname.split('/').at(-1) ?? '')).toBe('x/y?z#$& {id}');
    await got(api.GET('/api/v1/videos', { params: { query: { tags: 'a\\,b,c&d', limit: 5 } } }));
    expect(Object.fromEntries(new URL(asked[1]?.url ?? '').searchParams)).toEqual({ tags: 'a\\,b,c&d', limit: '5' });
  });
  it('says which version an edit is based on', async () => {
    server(() => json({}));
    await got(api.PATCH('/api/v1/videos/{id}', { params: { path: { id: 'a' }, header: edits(7) }, body: { title: 'b' } }));
    expect([asked[0]?.headers.get('If-Match'), asked[0]?.headers.get('Content-Type'), await asked[0]?.text()]).toEqual(['"v7"', 'application/json', '{"title":"b"}']);
  });
});

describe('an answer', () => {
  it('is what the server said', async () => {
    server(() => json({ views: 3 }));
    expect(await got(api.POST('/api/v1/videos/{id}/view', { params: { path: { id: 'a' } } }))).toEqual({ views: 3 });
    server(() => new Response(null, { status: 204 }));
    expect(await got(api.DELETE('/api/v1/tags/{id}', { params: { path: { id: 1 } } }))).toBeUndefined();
  });
  it('that is a problem says what happened', async () => {
    server(() => json({ type: 'about:blank', title: 'Unavailable', status: 503, detail: 'it is being read' }, 503, { 'Retry-After': '3' }));
    expect(await trouble(got(api.GET('/api/v1/home')))).toMatchObject({ status: 503, message: 'it is being read', retryAfter: 3 });
    server(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    expect(await trouble(got(api.GET('/api/v1/home')))).toMatchObject({ status: 502, message: '' });
    server(() => new Response('<h1>Sign in to the network</h1>'));
    expect(await trouble(got(api.GET('/api/v1/home')))).toMatchObject({ status: 200, message: '' });
  });
  it('that never came is told from one that nobody waits for', async () => {
    server(() => { throw new TypeError('Failed to fetch'); });
    expect(await trouble(got(api.GET('/api/v1/home')))).toMatchObject({ status: 0, offline: true });
    server(() => { throw new DOMException('', 'AbortError'); });
    expect(isAbort(await trouble(got(api.GET('/api/v1/home'))))).toBe(true);
  });
  it('that wants a key has somebody asked for it, but for who signs in', async () => {
    const wanted = vi.fn();
    whenWanted(wanted);
    server(() => json({ detail: 'who are you?' }, 401));
    await trouble(heard(api.POST('/api/v1/session', { body: { password: 'wrong' } })));
    expect(wanted).not.toHaveBeenCalled();
    await trouble(got(api.GET('/api/v1/home')));
    expect(wanted.mock.calls).toEqual([['key']]);
  });
  it('that wants an administrator is told from one that wants a key', async () => {
    const wanted = vi.fn();
    whenWanted(wanted);
    server(() => json({ detail: 'sign in first' }, 401, { 'WWW-Authenticate': 'Vidicon-Session realm="vidicon"' }));
    expect(await trouble(got(api.POST('/api/v1/scan')))).toMatchObject({ status: 401, wants: 'session' });
    expect(wanted.mock.calls).toEqual([['session']]);
  });
});
