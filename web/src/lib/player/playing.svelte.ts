// What plays now, as state that controls can show, and what can be done with it.
import { isAbort } from '../api/client';
import { t } from '../i18n/index.svelte';
import { toasts } from '../toasts.svelte';
import { browser } from './capabilities';
import type { Choosable, Engine, Failure } from './engine';
import { asking, obstacle, plan, type Choice, type Obstacle, type Plan, type Source, type Wish } from './playback';
import { preferences } from './preferences.svelte';
import { beginning, Watching, type Told } from './watching';

/** A video to play. */
export interface Subject {
  /** What /playback is asked for: an id, or a path in its encoded form. */
  name: string;
  /** Seconds; 0 if it is not known. */
  duration: number;
  choice: Choice;
  /** Where somebody left off, and the moment that the address asks for. */
  resume: number | undefined;
  asked: number | undefined;
  told: Told | undefined;
}

/** How often the same source is fetched again after the network failed, before it takes somebody to ask for it. */
const networkTries = 3;
/** Seconds before the end that are played in any case. */
const lastBit = 0.3;

export class Playing {
  time = $state(0);
  duration = $state(0);
  /** Seconds up to which it is loaded, from where it is. */
  loaded = $state(0);
  paused = $state(true);
  ended = $state(false);
  /** Nothing moves although it should. */
  waiting = $state(false);
  /** A picture of it was shown. */
  started = $state(false);
  volume = $state(preferences.now.volume);
  muted = $state(preferences.now.muted);
  rate = $state(preferences.now.rate);
  /** Pixels, as decoded. */
  width = $state(0);
  height = $state(0);
  sounds = $state.raw<Choosable[]>([]);
  texts = $state.raw<Choosable[]>([]);
  plan = $state.raw<Plan | undefined>();
  source = $state.raw<Source | undefined>();
  obstacle = $state.raw<Obstacle | undefined>();
  wish = $state<Wish>('auto');
  /** Where it began, if that was not the beginning. */
  resumedAt = $state<number | undefined>();
  /** The browser wants a click before anything is heard. */
  blocked = $state(false);
  miniature = $state(false);

  #subject: Subject | undefined;
  #watching: Watching | undefined;
  #engine: Engine | undefined;
  #abort = new AbortController();
  #at = 0;
  #left: Source[] = [];
  #tries = 0;
  #settled = false;
  /** Somebody wants to see another place of it, also while it does not play. */
  #sought = false;
  /** It is to play as soon as it can: loading another source takes back what was asked of the one before. */
  #wanted = false;
  #textsSettled = false;
  /** Whether the file as a whole was tried after segments failed. */
  #lucky = false;
  #waitTimer: ReturnType<typeof setTimeout> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #loading: Promise<Engine> | undefined;

  constructor(readonly host: HTMLElement) {}

  get media(): HTMLVideoElement | undefined {
    return this.#engine?.media;
  }

  figures() {
    return this.#engine?.figures() ?? {};
  }

  /** Plays another video. */
  async start(subject: Subject): Promise<void> {
    this.leave();
    this.#subject = subject;
    this.#watching = subject.told && new Watching(subject.duration, subject.told);
    this.wish = 'auto';
    this.#at = beginning(subject.asked, subject.resume, subject.duration);
    this.resumedAt = this.#at > 0 && subject.asked === undefined ? this.#at : undefined;
    this.time = this.#at;
    this.duration = subject.duration;
    this.started = false;
    this.#sought = false;
    this.#lucky = false;
    this.#tries = 0;
    await this.#begin();
  }

  /** Asks anew, after an obstacle or for another form, and goes on where it was. */
  async again(wish: Wish = this.wish): Promise<void> {
    this.wish = wish;
    if (this.started) this.#at = this.time;
    await this.#begin();
  }

  /** Begins at the beginning after all. */
  startOver(): void {
    this.resumedAt = undefined;
    this.seek(0);
    void this.play();
  }

  /** The video is left: what is to be told is told, and nothing is heard any more. */
  leave(): void {
    this.#watching?.leaving();
    this.#watching = undefined;
    this.#subject = undefined;
    this.#abort.abort();
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#waitTimer);
    this.#engine?.media.pause();
    this.obstacle = undefined;
    this.plan = undefined;
    this.source = undefined;
    this.sounds = [];
    this.texts = [];
    this.waiting = false;
    this.ended = false;
    this.loaded = 0;
  }

  /** The page may be gone for ever. */
  hide(): void {
    this.#watching?.leaving();
  }

  close(): void {
    this.leave();
    cancelAnimationFrame(this.#frame);
    void this.#loading?.then((engine) => engine.close());
    this.#loading = undefined;
    this.#engine = undefined;
  }

  async play(): Promise<void> {
    if (this.ended) this.seek(0);
    this.#wanted = true;
    try {
      await this.media?.play();
      this.blocked = false;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError') {
        this.blocked = true;
        this.#wanted = false;
      }
    }
  }

  pause(): void {
    this.#wanted = false;
    this.media?.pause();
  }

  toggle(): void {
    if (this.paused) void this.play();
    else this.pause();
  }

  seek(seconds: number): void {
    // A little before the end: not every engine notices that it is over when it jumps there.
    const to = Math.min(Math.max(0, seconds), this.duration > 0 ? Math.max(0, this.duration - lastBit) : seconds);
    this.time = to;
    this.ended = false;
    this.#sought = true;
    if (this.#settled) this.#engine?.seek(to);
    else this.#at = to;
  }

  setVolume(volume: number, muted = false): void {
    const media = this.media;
    this.volume = Math.min(1, Math.max(0, Math.round(volume * 100) / 100));
    this.muted = muted || this.volume === 0;
    if (media) {
      media.volume = this.volume;
      media.muted = this.muted;
    }
    preferences.keep({ volume: this.volume || 0.5, muted: this.muted });
  }

  setRate(rate: number): void {
    this.rate = rate;
    if (this.media) {
      this.media.defaultPlaybackRate = rate;
      this.media.playbackRate = rate;
    }
    preferences.keep({ rate });
  }

  chooseSound(sound: Choosable): void {
    this.#engine?.chooseSound(sound.id);
    preferences.keep({ sound: sound.language });
    this.#tracks();
  }

  chooseText(text: Choosable | undefined): void {
    this.#engine?.chooseText(text?.id);
    preferences.keep({ text: text ? text.language || text.label : '' });
    this.#tracks();
  }

  async #begin(): Promise<void> {
    const subject = this.#subject;
    if (!subject) return;
    this.#abort.abort();
    clearTimeout(this.#retryTimer);
    const abort = new AbortController();
    this.#abort = abort;
    this.obstacle = undefined;
    this.#wait();
    try {
      const [made, engine] = await Promise.all([plan(asking(subject.name, abort.signal), browser(), subject.choice, this.wish), this.#load()]);
      if (abort.signal.aborted || this.#subject !== subject) return;
      if (!made.sources.length && this.wish !== 'auto' && this.source) {
        // What plays goes on.
        this.wish = 'auto';
        this.#flows();
        toasts.show(t('watch.by.not'), { tone: 'bad' });
        return;
      }
      this.plan = made;
      this.#left = made.sources;
      if (made.playback.duration_seconds && !this.duration) this.duration = made.playback.duration_seconds;
      if (!made.sources.length) this.#stop({ kind: 'transcode', detail: '' });
      else this.#open(engine);
    } catch (error) {
      if (!isAbort(error) && !abort.signal.aborted) this.#stop(obstacle(error));
    }
  }

  #load(): Promise<Engine> {
    this.#loading ??= import('./videojs').then(({ open }) => {
      const engine = open(this.host, { tracks: () => this.#tracks(), failed: (failure) => this.#failed(failure) });
      this.#engine = engine;
      this.#listen(engine.media);
      return engine;
    });
    return this.#loading;
  }

  #open(engine: Engine): void {
    const [source, ...rest] = this.#left;
    if (!source) return;
    this.#left = rest;
    this.source = source;
    this.#settled = false;
    this.#textsSettled = false;
    engine.open(source);
    void this.play();
  }

  #failed(failure: Failure): void {
    if (!this.#subject || !this.#engine) return;
    this.#at = this.time;
    if (failure.kind === 'network' && this.#tries < networkTries) {
      this.#tries += 1;
      this.#wait();
      this.#retryTimer = setTimeout(() => void this.#begin(), 1000 * 2 ** this.#tries);
      return;
    }
    if (failure.kind !== 'network' && this.#left.length) {
      this.#open(this.#engine);
      return;
    }
    if (failure.kind !== 'network' && !this.#lucky && this.wish === 'auto' && this.source?.delivery !== 'file') {
      this.#lucky = true;
      void this.#tryFile(failure);
      return;
    }
    this.#stop({ kind: failure.kind === 'network' ? 'network' : 'decode', detail: failure.detail });
  }

  /** Segments that the browser gave up on: what it cannot take in pieces it may open as a whole. */
  async #tryFile(failure: Failure): Promise<void> {
    const subject = this.#subject;
    const { signal } = this.#abort;
    if (!subject) return;
    this.#wait();
    const made = await plan(asking(subject.name, signal), browser(), subject.choice, 'file').catch(() => undefined);
    if (signal.aborted || this.#subject !== subject || !this.#engine) return;
    if (!made?.sources.length) {
      this.#stop({ kind: 'decode', detail: failure.detail });
      return;
    }
    this.plan = made;
    this.#left = made.sources;
    this.#open(this.#engine);
  }

  #stop(what: Obstacle): void {
    clearTimeout(this.#waitTimer);
    // Nothing is heard behind the message.
    this.#engine?.media.pause();
    this.waiting = false;
    this.obstacle = what;
    if (what.retry) this.#retryTimer = setTimeout(() => void this.#begin(), what.retry * 1000);
  }

  /** Says that it waits, unless that is over in a moment. */
  #wait(): void {
    clearTimeout(this.#waitTimer);
    this.#waitTimer = setTimeout(() => (this.waiting = true), 350);
  }

  #flows(): void {
    clearTimeout(this.#waitTimer);
    this.waiting = false;
    this.#tries = 0;
  }

  #listen(media: HTMLVideoElement): void {
    media.volume = this.volume;
    media.muted = this.muted;
    const on = (events: string, heard: () => void) => {
      for (const event of events.split(' ')) media.addEventListener(event, heard);
    };
    on('loadedmetadata', () => {
      this.#settled = true;
      this.#length(media);
      media.defaultPlaybackRate = this.rate;
      media.playbackRate = this.rate;
      if (this.#at > 0) this.#engine?.seek(this.#at);
      if (this.#wanted && media.paused) void this.play();
    });
    on('durationchange', () => this.#length(media));
    on('resize loadedmetadata', () => {
      this.width = media.videoWidth;
      this.height = media.videoHeight;
    });
    on('play', () => {
      this.paused = false;
      this.ended = false;
      this.blocked = false;
      this.#tick();
    });
    on('pause', () => {
      this.paused = true;
      if (!media.ended && !media.seeking) this.#watching?.stopped(media.currentTime);
    });
    on('waiting stalled', () => {
      if (media.readyState < 3) this.#wait();
    });
    on('seeking', () => this.#wait());
    on('playing canplay seeked', () => this.#flows());
    on('playing', () => {
      this.started = true;
      this.obstacle = undefined;
    });
    on('seeked', () => {
      this.time = media.currentTime;
      // Until then there is the poster: the first picture of a film is often black.
      if (media.readyState >= 2 && this.#sought) this.started = true;
      if (!media.paused) this.#watching?.at(media.currentTime, media.playbackRate);
    });
    on('timeupdate', () => {
      if (!this.#settled || media.seeking) return;
      this.time = media.currentTime;
      if (!media.paused) this.#watching?.at(media.currentTime, media.playbackRate);
    });
    on('progress timeupdate seeked', () => {
      for (let i = 0; i < media.buffered.length; i += 1) {
        if (media.buffered.start(i) <= media.currentTime + 0.2 && media.buffered.end(i) >= media.currentTime) this.loaded = media.buffered.end(i);
      }
    });
    on('volumechange', () => {
      this.volume = media.volume;
      this.muted = media.muted;
    });
    on('ratechange', () => {
      if (this.#settled) this.rate = media.playbackRate;
    });
    on('ended', () => {
      this.ended = true;
      this.paused = true;
      this.#wanted = false;
      this.time = this.duration;
      this.#watching?.ended();
    });
    on('enterpictureinpicture', () => (this.miniature = true));
    on('leavepictureinpicture', () => (this.miniature = false));
  }

  #length(media: HTMLVideoElement): void {
    if (Number.isFinite(media.duration) && media.duration > 0) this.duration = media.duration;
  }

  /** The time between the browser's own few updates a second, so that the seek bar moves and does not step. */
  #tick(): void {
    cancelAnimationFrame(this.#frame);
    const step = () => {
      const media = this.media;
      if (!media || media.paused) return;
      if (this.#settled && !media.seeking) this.time = media.currentTime;
      this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  #tracks(): void {
    const engine = this.#engine;
    if (!engine) return;
    const wanted = preferences.now.text;
    const texts = engine.texts();
    if (!this.#textsSettled && texts.length) {
      // Once a source: the language that was chosen last, where there is one; else what the file wants shown.
      this.#textsSettled = true;
      const mine = wanted ? texts.find((text) => (text.language || text.label) === wanted) : undefined;
      if (mine && !mine.chosen) engine.chooseText(mine.id);
    }
    this.texts = engine.texts();
    this.sounds = engine.sounds();
  }
}
