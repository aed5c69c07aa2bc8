// A list that the server gives in stretches, each of which says where the next one begins.
import { isAbort } from './api/client';
import type { Place, Stretch } from './api/types';

export class Stretches<T> {
  items = $state.raw<T[] | undefined>(undefined);
  /** Where it goes on; undefined at its end. */
  next = $state<string | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  busy = $state(false);
  #abort: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly from: (place: Place, signal: AbortSignal) => Promise<Stretch<T>>) {}

  /** From the beginning, at least as long as it was. */
  async load(): Promise<void> {
    const wanted = this.items?.length ?? 0;
    await this.#ask(undefined, wanted);
  }

  async more(): Promise<void> {
    if (this.next !== undefined) await this.#ask(this.next, 0);
  }

  /** Soon: several things happen at once. */
  later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), 500);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  async #ask(cursor: string | undefined, atLeast: number): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.busy = true;
    try {
      let items = cursor === undefined ? [] : (this.items ?? []);
      let next = cursor;
      do {
        const answer: Stretch<T> = await this.from({ limit: 100, ...(next === undefined ? {} : { cursor: next }) }, abort.signal);
        items = [...items, ...answer.items];
        next = answer.next;
      } while (next !== undefined && items.length < atLeast);
      this.items = items;
      this.next = next;
      this.error = undefined;
    } catch (error) {
      if (isAbort(error)) return;
      this.error = error;
    }
    if (this.#abort === abort) this.busy = false;
  }
}
