// Which card is alive: at most one on the page plays its preview.

/** A page that moved so far, in pixels, is being read on. */
const away = 60;

class Alive {
  key = $state<symbol | undefined>(undefined);
  /** Somebody asked for it by a long touch: it moves also where motion is not wanted, and stays when the finger leaves. */
  asked = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #end: AbortController | undefined;

  /** Wakes the card after a moment, unless it is left before. */
  soon(key: symbol, ms: number): void {
    if (this.key === key) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#wake(key, false), ms);
  }

  /** Wakes the card until somebody touches something else or scrolls on. */
  ask(key: symbol, card: Element): void {
    clearTimeout(this.#timer);
    this.#wake(key, true);
    const end = new AbortController();
    this.#end = end;
    const from = scrollY;
    const options = { capture: true, passive: true, signal: end.signal };
    addEventListener('pointerdown', (event) => { if (!card.contains(event.target as Node)) this.leave(key); }, options);
    addEventListener('scroll', () => { if (Math.abs(scrollY - from) > away) this.leave(key); }, options);
  }

  leave(key: symbol): void {
    clearTimeout(this.#timer);
    if (this.key !== key) return;
    this.#end?.abort();
    this.key = undefined;
    this.asked = false;
  }

  #wake(key: symbol, asked: boolean): void {
    this.#end?.abort();
    this.key = key;
    this.asked = asked;
  }
}

export const alive = new Alive();
