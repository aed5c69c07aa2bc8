// A value that changes at once and takes it back when the server refuses.

let moments = 0;

/** Now, by a clock that only counts what happens: later calls give larger numbers. */
export function moment(): number {
  moments += 1;
  return moments;
}

interface Guess<T> { ticket: number; patch: Partial<T> }

/** What the server said last, and the changes that it has not answered yet. */
export class Optimistic<T extends object> {
  #confirmed: T;
  #guesses: Guess<T>[] = [];
  #tickets = 0;
  /** When the server said something of a field that it was not asked for as part of a whole. */
  #told = new Map<keyof T, number>();

  constructor(confirmed: T) {
    this.#confirmed = confirmed;
  }

  /** What is shown: the server's word, and above it what was asked for since. */
  get view(): T {
    return this.#guesses.reduce((sum, guess) => ({ ...sum, ...guess.patch }), this.#confirmed);
  }

  get waiting(): boolean {
    return this.#guesses.length > 0;
  }

  /** Shows a change before it is answered. The ticket says later which one it was. */
  guess(patch: Partial<T>): number {
    this.#tickets += 1;
    this.#guesses.push({ ticket: this.#tickets, patch });
    return this.#tickets;
  }

  /** The server did it; `answer` is what it says now, the guess where it says nothing. */
  confirm(ticket: number, answer?: Partial<T>): void {
    const guess = this.#take(ticket);
    if (guess) this.adopt({ ...guess.patch, ...answer });
  }

  /** The server refused: back to what it said last. */
  refuse(ticket: number): void {
    this.#take(ticket);
  }

  /** News from elsewhere. What is asked for and not yet answered stays on top. */
  adopt(news: Partial<T>): void {
    const now = moment();
    for (const field of Object.keys(news) as (keyof T)[]) this.#told.set(field, now);
    this.#confirmed = { ...this.#confirmed, ...news };
  }

  /** The whole, as it was when it was asked for (`moment()` then): what was heard of since is not undone by it. */
  renew(whole: T, asked: number): void {
    const news = { ...whole };
    for (const [field, at] of this.#told) if (at > asked) news[field] = this.#confirmed[field];
    this.#confirmed = { ...this.#confirmed, ...news };
  }

  #take(ticket: number): Guess<T> | undefined {
    const at = this.#guesses.findIndex((guess) => guess.ticket === ticket);
    return at < 0 ? undefined : this.#guesses.splice(at, 1)[0];
  }
}
