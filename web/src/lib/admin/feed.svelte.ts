// The state of the server, asked for again and again while somebody looks.
import { api, heard, isAbort, Trouble } from '../api/client';
import { told } from './ask';
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
    const after = since(this.history);
    try {
      const status = await told(api.GET('/api/v1/admin/status', { params: { query: after === undefined ? {} : { since: after } }, signal: abort.signal }));
      this.history = merge(this.history, status.history, status.started);
      this.status = status;
      this.error = undefined;
      // What is wrong with the whole changes seldom.
      if (this.#rounds % 5 === 0) this.readiness = await ready(abort.signal) ?? this.readiness;
      this.#rounds += 1;
    } catch (error) {
      if (isAbort(error)) return;
      this.error = error;
    }
    if (!abort.signal.aborted && this.#watchers && !document.hidden) this.#timer = setTimeout(() => void this.#round(), every);
  }
}

/** What is wrong is said with the status of a failure. */
async function ready(signal: AbortSignal): Promise<Readiness | undefined> {
  try {
    return await heard(api.GET('/ready', { signal }));
  } catch (error) {
    if (isAbort(error)) throw error;
    const answer = error instanceof Trouble ? (error.answer as Partial<Readiness> | undefined) : undefined;
    return answer?.conditions ? (answer as Readiness) : undefined;
  }
}

export const feed = new Feed();
