// News from the server, once for all pages: one stream of events, taken up again where it broke off.
import { api, heard } from './api/client';
import type { ScanNews, Video } from './api/types';
import { moment } from './optimistic';
import { EventParser } from './sse';
import { hold, shown } from './videos.svelte';

/** What the server tells. The names are those of its events. */
export interface News {
  videos: { added: string[]; changed: string[]; removed: string[] };
  views: { id: string; views: number };
  rating: { id: string; rating: number | null };
  favourite: { id: string; favourite: boolean };
  watched: { id: string; watched: boolean };
  progress: { id: string; watched: boolean; /** Seconds. */ resume: number | null };
  tags: Record<string, unknown>;
  playlists: Record<string, unknown>;
  job: Record<string, unknown>;
  scan: ScanNews;
  watcher: Record<string, unknown>;
  /** Too much was missed: everything that is shown must be asked for again. */
  reset: Record<string, unknown>;
  /** Of ours, not of the server: so many videos changed that lists had better be asked for again. */
  many: Record<string, unknown>;
}

type Listener = (news: never) => void;

/** The server says something every 15 seconds: one that is silent for longer is not there any more. Milliseconds. */
const silence = 45_000;
/** The longest wait before coming again, in milliseconds. */
const longest = 30_000;
/** How many videos that changed are asked for one by one. */
const few = 24;

class Live {
  /** Whether the stream is open; a page may say so when it is not for long. */
  connected = $state(false);
  scan = $state.raw<ScanNews | undefined>(undefined);
  #listeners = new Map<keyof News, Set<Listener>>();
  #lastId = '';
  #abort: AbortController | undefined;
  #retry = 2000;
  /** How often in a row it could not be opened. */
  #failures = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hidden: ReturnType<typeof setTimeout> | undefined;
  #changed = new Set<string>();
  #asking: ReturnType<typeof setTimeout> | undefined;

  begin(): void {
    // A browser has few connections to one server, and a tab that nobody sees needs none of them.
    document.addEventListener('visibilitychange', () => {
      clearTimeout(this.#hidden);
      if (document.hidden) this.#hidden = setTimeout(() => this.#close(), 15_000);
      else if (!this.#abort) void this.#open();
    });
    addEventListener('online', () => {
      this.#close();
      void this.#open();
    });
    if (!document.hidden) void this.#open();
  }

  /** Hears one kind of news; the function returned ends that. */
  on<K extends keyof News>(type: K, listener: (news: News[K]) => void): () => void {
    const set = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, set.add(listener as Listener));
    return () => set.delete(listener as Listener);
  }

  async #open(): Promise<void> {
    clearTimeout(this.#timer);
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const { data: stream } = await api.GET('/api/v1/events', {
        params: { header: this.#lastId ? { 'Last-Event-ID': this.#lastId } : {} },
        headers: { Accept: 'text/event-stream' },
        parseAs: 'stream',
        cache: 'no-store',
        signal: abort.signal,
      });
      if (!stream) throw new Error('there is no stream of events');
      this.connected = true;
      this.#failures = 0;
      // That it ended is not told to who was away.
      if (this.scan?.state === 'running') void this.#askScan();
      const parser = new EventParser();
      const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        clearTimeout(this.#silence);
        // After sleep, or in another network, nobody else would notice.
        this.#silence = setTimeout(() => abort.abort(), silence);
        const { done, value } = await reader.read();
        if (done) break;
        for (const event of parser.push(value)) this.#tell(event.type, event.data);
        if (parser.lastId) this.#lastId = parser.lastId;
        if (parser.retry) this.#retry = Math.max(500, parser.retry);
      }
    } catch {
      // Broken off, refused or closed by us; below is what follows from it.
    }
    if (this.#abort !== abort) return;
    clearTimeout(this.#silence);
    this.#abort = undefined;
    this.connected = false;
    // Not all pages of a house at once, when the server is back.
    const wait = Math.min(longest, this.#retry * 2 ** this.#failures) * (0.8 + Math.random() * 0.4);
    this.#failures = Math.min(this.#failures + 1, 5);
    if (!document.hidden) this.#timer = setTimeout(() => void this.#open(), wait);
  }

  #close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    const abort = this.#abort;
    this.#abort = undefined;
    this.connected = false;
    abort?.abort();
  }

  #tell(type: string, data: string): void {
    let news: unknown;
    try {
      news = JSON.parse(data || '{}');
    } catch {
      return;
    }
    this.#apply(type as keyof News, news);
    this.#say(type as keyof News, news);
  }

  #say(type: keyof News, news: unknown): void {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      try {
        listener(news as never);
      } catch (error) {
        // One that fails must not keep the others, or what comes later, from being heard.
        reportError(error);
      }
    }
  }

  #apply(type: keyof News, news: unknown): void {
    switch (type) {
      case 'views': return adopt(news as News['views'], (n) => ({ views: n.views }));
      case 'rating': return adopt(news as News['rating'], (n) => ({ rating: n.rating ?? undefined }) as Partial<Video>);
      case 'favourite': return adopt(news as News['favourite'], (n) => ({ favourite: n.favourite }));
      case 'watched': return adopt(news as News['watched'], (n) => ({ watched: n.watched, resume: undefined }) as Partial<Video>);
      case 'progress': return adopt(news as News['progress'], (n) => ({ watched: n.watched, resume: n.resume ?? undefined }) as Partial<Video>);
      case 'scan': this.scan = news as ScanNews; return;
      case 'videos':
        for (const id of (news as News['videos']).changed ?? []) if (shown(id)) this.#changed.add(id);
        for (const id of (news as News['videos']).removed ?? []) shown(id)?.adopt({ present: false });
        // While pictures are made something changes all the time: the first of them sets the time.
        if (this.#changed.size) this.#asking ??= setTimeout(() => void this.#askChanged(), 150);
        return;
      default:
    }
  }

  async #askScan(): Promise<void> {
    try {
      this.scan = await heard(api.GET('/api/v1/scan'));
    } catch {
      // The next event tells.
    }
  }

  /** What changed and is held somewhere is asked for one by one; of many, the lists ask themselves. */
  async #askChanged(): Promise<void> {
    this.#asking = undefined;
    const ids = [...this.#changed];
    this.#changed.clear();
    if (ids.length > few) {
      this.#say('many', {});
      return;
    }
    await Promise.all(ids.map(async (id) => {
      const asked = moment();
      try {
        hold(await heard(api.GET('/api/v1/videos/{id}', { params: { path: { id } } })), asked);
      } catch {
        // Gone meanwhile, or the server is: the list will say so.
      }
    }));
  }
}

function adopt<T extends { id: string }>(news: T, change: (news: T) => Partial<Video>): void {
  shown(news.id)?.adopt(change(news));
}

export const live = new Live();
