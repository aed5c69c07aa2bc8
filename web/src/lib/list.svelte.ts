// A list of any length, of which only the pages around what is seen are loaded.
import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { api, got, isAbort } from './api/client';
import { parameters } from './filters';
import { pagesOf } from './grid';
import { moment } from './optimistic';
import { hold, type VideoState } from './videos.svelte';

const pageSize = 100;
/** Pages that are kept: more than any screen shows. */
const mostPages = 40;

export class VideoList {
  /** How many videos the list has; undefined until the first answer. */
  total = $state<number | undefined>(undefined);
  /** Why a page could not be loaded; undefined since one was. */
  error = $state.raw<unknown>(undefined);
  #pages = new SvelteMap<number, VideoState[]>();
  #stale = new Set<number>();
  #loading = new Map<number, AbortController>();
  #seen: [number, number] = [0, 1];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `query`: the parameters of GET /videos, without limit and offset. */
  constructor(readonly query: string) {}

  item(index: number): VideoState | undefined {
    return this.#pages.get(Math.floor(index / pageSize))?.[index % pageSize];
  }

  /** Says what is on the screen, half-open. What is missing is asked for; soon, if pages fly by. */
  see(first: number, end: number): void {
    const before = this.#seen;
    this.#seen = [first, Math.max(end, first + 1)];
    const far = Math.abs(first - before[0]) > pageSize;
    clearTimeout(this.#timer);
    if (far) this.#timer = setTimeout(() => this.#load(), 80);
    else this.#load();
  }

  /** Asks again for what is shown; it stays on the screen meanwhile. */
  refresh(): void {
    for (const page of this.#pages.keys()) this.#stale.add(page);
    for (const controller of this.#loading.values()) controller.abort();
    this.#loading.clear();
    this.#load();
  }

  /** The ids of a stretch, loaded where they are not yet. */
  async ids(first: number, end: number): Promise<string[]> {
    // By questions of their own: those for the screen end when it moves on.
    await Promise.all(pagesOf(first, end, pageSize).map((page) => (this.#pages.has(page) ? undefined : this.#fetch(page, new AbortController()))));
    const ids: string[] = [];
    for (let i = first; i < end; i += 1) {
      const item = this.item(i);
      if (item) ids.push(item.id);
    }
    return ids;
  }

  #load(): void {
    const [first, end] = this.#seen;
    const last = this.total === undefined ? end : Math.min(end, this.total);
    const wanted = pagesOf(first, Math.max(last, first + 1), pageSize);
    for (const [page, controller] of this.#loading) {
      if (!wanted.includes(page)) {
        controller.abort();
        this.#loading.delete(page);
      }
    }
    for (const page of wanted) {
      if (this.#loading.has(page) || (this.#pages.has(page) && !this.#stale.has(page))) continue;
      const controller = new AbortController();
      this.#loading.set(page, controller);
      this.#fetch(page, controller).catch(() => undefined);
    }
  }

  async #fetch(page: number, controller: AbortController): Promise<void> {
    const asked = moment();
    try {
      const query = { ...parameters(this.query), limit: pageSize, ...(page ? { offset: page * pageSize } : {}) };
      const answer = await got(api.GET('/api/v1/videos', { params: { query }, signal: controller.signal }));
      this.#pages.set(page, answer.items.map((video) => hold(video, asked)));
      this.#stale.delete(page);
      this.total = answer.total;
      this.error = undefined;
      this.#forget(page);
    } catch (error) {
      if (isAbort(error)) return;
      this.error = error;
      throw error;
    } finally {
      if (this.#loading.get(page) === controller) this.#loading.delete(page);
    }
  }

  #forget(around: number): void {
    if (this.#pages.size <= mostPages) return;
    const far = [...this.#pages.keys()].sort((a, b) => Math.abs(b - around) - Math.abs(a - around));
    for (const page of far.slice(0, this.#pages.size - mostPages)) this.#pages.delete(page);
  }
}

const kept = new Map<string, VideoList>();

/** The list of a query; one that was left lately is still full, so that going back is instant. */
export function listOf(query: string): VideoList {
  const before = kept.get(query);
  if (before) {
    kept.delete(query);
    kept.set(query, before);
    // Whoever asks for a list does not ask for it again because it was refreshed.
    untrack(() => before.refresh());
    return before;
  }
  const list = new VideoList(query);
  kept.set(query, list);
  for (const oldest of kept.keys()) {
    if (kept.size <= 8) break;
    kept.delete(oldest);
  }
  return list;
}
