// How somebody likes to watch, kept by this browser.

interface Kept {
  /** 0 to 1. */
  volume: number;
  muted: boolean;
  rate: number;
  /** Whether the video takes all the width there is. */
  theatre: boolean;
  /** The language of the subtitles that were chosen last; empty: none. */
  text: string;
  sound: string;
}

const key = 'vidicon.player';
const usual: Kept = { volume: 1, muted: false, rate: 1, theatre: false, text: '', sound: '' };

function read(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Kept>;
    const within = (value: unknown, low: number, high: number, otherwise: number) =>
      typeof value === 'number' && value >= low && value <= high ? value : otherwise;
    return { ...usual, ...kept, volume: within(kept.volume, 0, 1, 1), rate: within(kept.rate, 0.25, 4, 1) };
  } catch {
    return usual;
  }
}

class Preferences {
  #kept = $state.raw<Kept>(read());

  get now(): Readonly<Kept> {
    return this.#kept;
  }

  keep(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    try {
      localStorage.setItem(key, JSON.stringify(this.#kept));
    } catch {
      // A browser that keeps nothing: it holds until the page is closed.
    }
  }
}

export const preferences = new Preferences();
