// Which card is alive: at most one on the page plays its preview.

class Alive {
  key = $state<symbol | undefined>(undefined);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Wakes the card after a moment, unless it is left before. */
  soon(key: symbol, ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.key = key), ms);
  }

  leave(key: symbol): void {
    clearTimeout(this.#timer);
    if (this.key === key) this.key = undefined;
  }
}

export const alive = new Alive();
