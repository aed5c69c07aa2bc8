// Short messages at the edge of the page, with at most one thing to do.
import { Trouble } from './api/client';
import { t } from './i18n/index.svelte';

export interface Toast { id: number; text: string; tone: 'plain' | 'bad'; action?: { label: string; run: () => void } }

class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 0;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  /** Shows a message for some seconds; longer where there is something to do. */
  show(text: string, options: { tone?: Toast['tone']; action?: Toast['action'] } = {}): void {
    this.#next += 1;
    const toast: Toast = { id: this.#next, text, tone: options.tone ?? 'plain', ...(options.action ? { action: options.action } : {}) };
    this.list = [...this.list.slice(-2), toast];
    this.resume(toast);
  }

  close(id: number): void {
    this.hold(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Stays while the pointer or the focus is on it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  resume(toast: Toast): void {
    this.hold(toast.id);
    const time = toast.action ? 10_000 : toast.tone === 'bad' ? 8000 : 4500;
    this.#timers.set(toast.id, setTimeout(() => this.close(toast.id), time));
  }
}

export const toasts = new Toasts();

/** What went wrong, to what, and what to do, in one or two sentences. */
export function because(error: unknown): string {
  if (error instanceof Trouble) {
    if (error.offline) return t('error.offline');
    if (error.message) return error.message;
    if (error.status === 401) return t('error.key');
    if (error.status === 403) return t('error.forbidden');
    if (error.status === 404) return t('error.missing');
    if (error.status === 412) return t('error.changed');
    if (error.status === 429) return t('error.tooMany');
    return t('error.status', { status: String(error.status) });
  }
  return t('error.unknown');
}

/** A failed change: what was wanted, why not, and a way to try again. */
export function failed(what: string, error: unknown, again?: () => void): void {
  toasts.show(`${what} ${because(error)}`, {
    tone: 'bad',
    ...(again ? { action: { label: t('error.again'), run: again } } : {}),
  });
}
