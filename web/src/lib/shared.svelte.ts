// Tags and playlists: short lists that many pages need, asked for once and kept in step.
import { api, got } from './api/client';
import type { Playlist, Session, Tag } from './api/types';
import { live, type News } from './live.svelte';

/** A list that is loaded when somebody first looks at it, and again when the server says it changed. */
class Shared<T> {
  #items = $state.raw<T[] | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  #asked = false;
  /** Counts what is asked and shown: an answer to an older question is not shown over a newer one. */
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly from: () => Promise<{ items: T[] }>, events: (keyof News)[]) {
    for (const event of events) live.on(event, () => this.later());
  }

  /** Undefined until it is there. */
  get items(): T[] | undefined {
    if (!this.#asked) {
      this.#asked = true;
      queueMicrotask(() => void this.refresh());
    }
    return this.#items;
  }

  async refresh(): Promise<void> {
    this.#asked = true;
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const { items } = await this.from();
      if (turn !== this.#turn) return;
      this.#items = items;
      this.error = undefined;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    }
  }

  /** Shows a change before the server was asked again. */
  show(items: T[]): void {
    this.#turn += 1;
    this.#items = items;
  }

  later(): void {
    if (!this.#asked) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), 300);
  }
}

export const tags = new Shared<Tag>(() => got(api.GET('/api/v1/tags')), ['tags', 'reset']);
export const playlists = new Shared<Playlist>(() => got(api.GET('/api/v1/playlists')), ['playlists', 'reset']);

class Who {
  session = $state.raw<Session | undefined>(undefined);

  /** Whether this browser may administer. */
  get admin(): boolean {
    return this.session?.role === 'admin' || this.session?.local === true;
  }

  async refresh(): Promise<void> {
    try {
      this.session = await got(api.GET('/api/v1/session'));
    } catch {
      // Without an answer nobody is an administrator.
    }
  }
}

export const who = new Who();
