// Short names for the shapes that the server describes. What is written out here, its description does not have.
import type { components, operations } from './schema';

type Schemas = components['schemas'];

export type Video = Schemas['Video'];
export type VideoDetails = Schemas['VideoDetails'];
export type VideoFile = Schemas['VideoFile'];
export type Track = Schemas['Track'];
export type Chapter = Schemas['Chapter'];
export type Poster = Schemas['Poster'];
export type TagRef = Schemas['TagName'];
export type Facet = Schemas['FacetValue'];
export type Folder = Schemas['Folder'];
export type HomeLists = Schemas['Home'];
export type Tag = Schemas['Tag'];
export type Playlist = Schemas['Playlist'];
export type PlaylistItems = Schemas['PlaylistItems'];
export type Scan = Schemas['Scan'];
export type Played = Schemas['Played'];
export type Session = Schemas['WhoAsks'];
export type BatchSelect = Schemas['Select'];
export type BatchQuery = Schemas['BatchQuery'];
export type BatchAction = Schemas['BatchAction'];

/** The parameters of a list. */
export type ListQuery = NonNullable<operations['videos']['parameters']['query']>;
/** The parameters of its facets: the same without an order. */
export type FacetQuery = NonNullable<operations['facets']['parameters']['query']>;

/** What all lists have whose length nobody counted. */
export interface Stretch<T> { items: T[]; next?: string }
/** Where a stretch begins, and how long it may be. */
export interface Place { limit?: number; cursor?: string }

/** The event `scan`: as GET /scan tells it, with its times in milliseconds. */
export type ScanNews = Omit<Scan, 'since' | 'took' | 'error'> & { since_ms?: number; took_ms?: number | null; error?: string | null };
