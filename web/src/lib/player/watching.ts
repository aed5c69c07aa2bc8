// What the server hears of somebody who watches: where they are, and that they did. Times in seconds.

/** How often a position is told while it plays. */
const every = 10;
/** From where on a video counts as viewed: so many seconds, or that share of a short one. */
const viewAfter = 10;
const viewShare = 0.1;
/** Stretches longer than this between two looks are jumps, not watching. */
const longestStep = 2;
/** Nearer to the beginning than this there is nothing to go on from. */
const tooEarly = 5;

export interface Told {
  /** Where somebody is. `leaving`: the page may be gone before there is an answer. */
  progress(position: number, leaving: boolean): void;
  view(): void;
}

/** One person's way through one video. Pure: it is told the positions, and tells what follows. */
export class Watching {
  #seen = 0;
  #viewed = false;
  #last: number | undefined;
  #told: number | undefined;
  #sinceTold = 0;
  #ended = false;

  constructor(readonly duration: number, readonly tell: Told) {}

  /** Where it plays now; called some times a second. `rate`: how fast it plays. */
  at(position: number, rate = 1): void {
    const step = this.#last === undefined ? 0 : position - this.#last;
    this.#last = position;
    if (step <= 0 || step > longestStep * Math.max(1, rate)) return;
    this.#ended = false;
    this.#seen += step;
    this.#sinceTold += step / Math.max(0.1, rate);
    if (!this.#viewed && this.#seen >= Math.min(viewAfter, this.duration > 0 ? this.duration * viewShare : viewAfter)) {
      this.#viewed = true;
      this.tell.view();
    }
    if (this.#sinceTold >= every) this.#say(position, false);
  }

  /** It was paused, or somebody jumped to another place. */
  stopped(position: number): void {
    this.#last = position;
    if (this.#seen > 0) this.#say(position, false);
  }

  /** The page is left. */
  leaving(): void {
    if (this.#last !== undefined && this.#seen > 0) this.#say(this.#last, true);
  }

  ended(): void {
    this.#last = undefined;
    if (this.#ended || this.#seen === 0) return;
    this.#ended = true;
    this.#told = this.duration;
    this.tell.progress(this.duration, false);
  }

  #say(position: number, leaving: boolean): void {
    this.#sinceTold = 0;
    if (this.#ended || this.#told === position) return;
    this.#told = position;
    this.tell.progress(position, leaving);
  }
}

/** Where to begin: the moment in the address, else where somebody left off, unless that is at either end. */
export function beginning(asked: number | undefined, resume: number | undefined, duration: number): number {
  if (asked !== undefined) return duration > 0 ? Math.min(asked, Math.max(0, duration - 1)) : asked;
  if (resume === undefined || resume < tooEarly) return 0;
  return duration > 0 && resume > duration * 0.95 ? 0 : resume;
}
