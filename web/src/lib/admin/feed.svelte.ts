// The state of the server, asked for again and again while somebody looks.
import { isAbort } from '../api/client';
import { askAdmin } from './ask';
import { merge, noHistory, since, type History } from './history';
import type { Readiness, Status } from './types';

const every = 2000;

class Feed {
  status = $state.raw<Status | undefined>();
  readiness = $state.raw<Readiness | undefined>();
  history = $state.raw<History>(noHistory);
  error = $state.raw<unknown>();
  #watchers = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort = new AbortController();
  #rounds = 0;

  /** Asks as long as what is returned was not called. */
  watch(): () => void {
    this.#watchers += 1;
    if (this.#watchers === 1) {
      document.addEventListener('visibilitychange', this.#seen);
      void this.#round();
    }
    return () => {
      this.#watchers -= 1;
      if (this.#watchers) return;
      document.removeEventListener('visibilitychange', this.#seen);
      clearTimeout(this.#timer);
      this.#abort.abort();
    };
  }

  again(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    void this.#round();
  }

  #seen = (): void => {
    if (!document.hidden) this.again();
    else {
      clearTimeout(this.#timer);
      this.#abort.abort();
    }
  };

  async #round(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const status = await askAdmin<Status>('/admin/status', { query: { since: since(this.history) }, signal: abort.signal });
      this.history = merge(this.history, status.history, status.started);
      this.status = status;
      this.error = undefined;
      // What is wrong with the whole changes seldom.
      if (this.#rounds % 5 === 0) this.readiness = await askAdmin<Readiness>('/ready', { root: true, signal: abort.signal }).catch((error: unknown) => {
        if (isAbort(error)) throw error;
        return this.readiness;
      });
      this.#rounds += 1;
    } catch (error) {
      if (isAbort(error)) return;
      this.error = error;
    }
    if (!abort.signal.aborted && this.#watchers && !document.hidden) this.#timer = setTimeout(() => void this.#round(), every);
  }
}

export const feed = new Feed();
