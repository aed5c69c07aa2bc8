// What any player must do for us. Everything else is an HTMLMediaElement's own: play, pause, volume, times. So the
// library behind it can be replaced by writing this once more.
import type { Source } from './playback';

/** One of several tracks to choose from. */
export interface Choosable { id: string; /** BCP 47; may be empty. */ language: string; label: string; chosen: boolean; forced?: boolean }

/** Why playing ended before its end: `source`, what was fetched cannot be played; `network`, it could not be fetched. */
export interface Failure { kind: 'source' | 'decode' | 'network'; detail: string }

/** What an operator of a network wants to know of a player at work. Rates are bits a second. */
export interface Figures { dropped?: number; frames?: number; bandwidth?: number; rate?: number }

export interface Heard {
  /** Sound or subtitles to choose from are others now. */
  tracks(): void;
  failed(failure: Failure): void;
}

export interface Engine {
  /** The element that plays. It stays the same as long as the engine lives. */
  readonly media: HTMLVideoElement;
  open(source: Source): void;
  seek(seconds: number): void;
  sounds(): Choosable[];
  chooseSound(id: string): void;
  texts(): Choosable[];
  /** Undefined: none is shown. */
  chooseText(id: string | undefined): void;
  figures(): Figures;
  close(): void;
}
