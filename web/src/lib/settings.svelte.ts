// What this browser remembers. `boot.js` reads the same key before the first paint.

export type Theme = 'system' | 'dark' | 'light';
export type Language = 'system' | 'en' | 'de';
export type View = 'grid' | 'list';

interface Kept { theme: Theme; language: Language; view: View; autoplay: boolean; previews: boolean }

const key = 'vidicon';
const usual: Kept = { theme: 'system', language: 'system', view: 'grid', autoplay: true, previews: true };

function read(): Kept {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    return { ...usual, ...(kept as Partial<Kept>) };
  } catch {
    return usual;
  }
}

class Settings {
  #kept = $state.raw<Kept>(read());

  get theme(): Theme { return this.#kept.theme; }
  set theme(theme: Theme) { this.#keep({ theme }); }
  get language(): Language { return this.#kept.language; }
  set language(language: Language) { this.#keep({ language }); }
  get view(): View { return this.#kept.view; }
  set view(view: View) { this.#keep({ view }); }
  /** Whether the next video begins by itself. */
  get autoplay(): boolean { return this.#kept.autoplay; }
  set autoplay(autoplay: boolean) { this.#keep({ autoplay }); }
  /** Whether cards come alive under the pointer. */
  get previews(): boolean { return this.#kept.previews; }
  set previews(previews: boolean) { this.#keep({ previews }); }

  /** Follows what other tabs of this browser decide. */
  follow(): () => void {
    const heard = (event: StorageEvent) => {
      if (event.key === key) {
        this.#kept = read();
        this.#show();
      }
    };
    addEventListener('storage', heard);
    return () => removeEventListener('storage', heard);
  }

  #keep(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    try {
      localStorage.setItem(key, JSON.stringify(this.#kept));
    } catch {
      // A browser that keeps nothing: the choice holds until the page is closed.
    }
    this.#show();
  }

  #show(): void {
    const root = document.documentElement;
    if (this.#kept.theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = this.#kept.theme;
    // The browser's own bars are of the page's colour.
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
      const own = meta.media.includes('light') ? 'light' : 'dark';
      meta.content = (this.#kept.theme === 'system' ? own : this.#kept.theme) === 'light' ? '#f5f0e7' : '#14110f';
    }
  }
}

export const settings = new Settings();
