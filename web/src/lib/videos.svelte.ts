// Every video that is shown anywhere, once: a star given in one place is given in all.
import { api, got } from './api/client';
import type { TagRef, Video } from './api/types';
import { t } from './i18n/index.svelte';
import { moment, Optimistic } from './optimistic';
import { failed } from './toasts.svelte';

/** A change that is not answered by then is taken back, so that it does not hold up those behind it. Milliseconds. */
const patience = 30_000;

export class VideoState {
  readonly id: string;
  readonly #params: { path: { id: string } };
  #value: Optimistic<Video>;
  #shown = $state.raw() as Video;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(video: Video) {
    this.id = video.id;
    this.#params = { path: { id: video.id } };
    this.#value = new Optimistic(video);
    this.#shown = video;
  }

  /** The video as it is shown now. */
  get data(): Video {
    return this.#shown;
  }

  adopt(news: Partial<Video>): void {
    this.#value.adopt(news);
    this.#shown = this.#value.view;
  }

  /** All of it, as it was asked for at that moment. */
  renew(video: Video, asked: number): void {
    this.#value.renew(video, asked);
    this.#shown = this.#value.view;
  }

  rate(rating: number | undefined): void {
    void this.#change({ rating }, t('error.rating', { title: this.data.title }), () => this.rate(rating), (signal) =>
      got(api.PUT('/api/v1/videos/{id}/rating', { params: this.#params, body: { rating: rating ?? null }, signal })));
  }

  favourite(favourite: boolean): void {
    void this.#change({ favourite }, t('error.favourite', { title: this.data.title }), () => this.favourite(favourite), (signal) =>
      got(api.PUT('/api/v1/videos/{id}/favourite', { params: this.#params, body: { favourite }, signal })));
  }

  watched(watched: boolean): void {
    void this.#change({ watched, resume: undefined }, t('error.watched', { title: this.data.title }), () => this.watched(watched), (signal) =>
      got(api.PUT('/api/v1/videos/{id}/watched', { params: this.#params, body: { watched }, signal })));
  }

  addTag(name: string): void {
    if (this.data.tags.some((tag) => tag.name === name)) return;
    const tags: TagRef[] = [...this.data.tags, { id: 0, name }];
    void this.#change({ tags }, t('error.tags', { title: this.data.title }), () => this.addTag(name), (signal) =>
      got(api.PUT('/api/v1/videos/{id}/tags/{name}', { params: { path: { id: this.id, name } }, signal })).then(({ items }) => ({ tags: items })));
  }

  removeTag(name: string): void {
    const tags = this.data.tags.filter((tag) => tag.name !== name);
    void this.#change({ tags }, t('error.tags', { title: this.data.title }), () => this.removeTag(name), (signal) =>
      got(api.DELETE('/api/v1/videos/{id}/tags/{name}', { params: { path: { id: this.id, name } }, signal })).then(({ items }) => ({ tags: items })));
  }

  /** Shows a change at once; takes it back with a message when it comes to nothing. In order. */
  async #change(patch: Partial<Video>, what: string, again: () => void, send: (signal: AbortSignal) => Promise<Partial<Video> | undefined>): Promise<void> {
    const ticket = this.#value.guess(patch);
    this.#shown = this.#value.view;
    const turn = this.#queue.then(() => send(AbortSignal.timeout(patience)));
    this.#queue = turn.catch(() => undefined);
    try {
      this.#value.confirm(ticket, known(await turn));
    } catch (error) {
      this.#value.refuse(ticket);
      failed(what, error, again);
    }
    this.#shown = this.#value.view;
  }
}

/** Only what is a video's; null is nothing. */
function known(answer: Partial<Video> | undefined): Partial<Video> {
  const news: Record<string, unknown> = {};
  for (const key of ['rating', 'favourite', 'watched', 'resume', 'tags', 'version', 'views'] as const) {
    if (answer && key in answer) news[key] = answer[key] ?? undefined;
  }
  return news as Partial<Video>;
}

const all = new Map<string, WeakRef<VideoState>>();
const gone = new FinalizationRegistry<string>((id) => {
  if (!all.get(id)?.deref()) all.delete(id);
});

/** The one state of this video; news about it is taken in. `asked`: the moment at which the server was asked for it. */
export function hold(video: Video, asked = moment()): VideoState {
  const clean = whole(video);
  const before = all.get(video.id)?.deref();
  if (before) {
    before.renew(clean, asked);
    return before;
  }
  const state = new VideoState(clean);
  all.set(video.id, new WeakRef(state));
  gone.register(state, video.id);
  return state;
}

/** The state of a video that is shown somewhere. */
export function shown(id: string): VideoState | undefined {
  return all.get(id)?.deref();
}

/** A field that the server left out is gone, also where an older answer had it. */
function whole(video: Video): Video {
  return {
    ...video,
    rating: video.rating ?? undefined, resume: video.resume ?? undefined, played: video.played ?? undefined,
    poster: video.poster ?? undefined, preview: video.preview ?? undefined, storyboard: video.storyboard ?? undefined, made: video.made ?? undefined,
  } as Video;
}
