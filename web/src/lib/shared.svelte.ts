// Tags and playlists: short lists that many pages need, asked for once and kept in step.
import { ask } from './api/client';
import type { List, Playlist, Session, Tag } from './api/types';
import { live, type News } from './live.svelte';

/** A list that is loaded when somebody first looks at it, and again when the server says it changed. */
class Shared<T> {
  #items = $state.raw<T[] | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  #asked = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly from: string, events: (keyof News)[]) {
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
    try {
      this.#items = (await ask<List<T>>(this.from)).items;
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }

  /** Shows a change before the server was asked again. */
  show(items: T[]): void {
    this.#items = items;
  }

  later(): void {
    if (!this.#asked) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), 300);
  }
}

export const tags = new Shared<Tag>('/tags', ['tags', 'reset']);
export const playlists = new Shared<Playlist>('/playlists', ['playlists', 'reset']);

class Who {
  session = $state.raw<Session | undefined>(undefined);

  /** Whether this browser may administer. */
  get admin(): boolean {
    return this.session?.role === 'admin' || this.session?.local === true;
  }

  async refresh(): Promise<void> {
    try {
      this.session = await ask<Session>('/session');
    } catch {
      // Without an answer nobody is an administrator.
    }
  }
}

export const who = new Who();
