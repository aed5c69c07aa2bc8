// What is selected in a list: single videos, or everything that the list's query means.

export interface Selection {
  /** Everything that the query means, whether it was loaded or not. */
  all: boolean;
  ids: ReadonlySet<string>;
  /** Where a stretch begins: the index that was last clicked by itself. */
  anchor?: number;
}

export const nothing: Selection = { all: false, ids: new Set() };

/** Adds or removes one, and begins a stretch there. */
export function toggleOne(selection: Selection, id: string, index: number): Selection {
  const ids = new Set(selection.all ? [] : selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { all: false, ids, anchor: index };
}

/** Adds a stretch of the list to what is selected; the anchor stays. */
export function addStretch(selection: Selection, stretch: readonly string[]): Selection {
  const ids = new Set(selection.all ? [] : selection.ids);
  for (const id of stretch) ids.add(id);
  return { ...selection, all: false, ids };
}

export function everything(): Selection {
  return { all: true, ids: new Set() };
}

export function isSelected(selection: Selection, id: string): boolean {
  return selection.all || selection.ids.has(id);
}

/** How many, of a list of `total`. */
export function countOf(selection: Selection, total: number): number {
  return selection.all ? total : selection.ids.size;
}

/** From the anchor to the index, half-open, whichever comes first. */
export function stretchTo(selection: Selection, index: number): [number, number] {
  const anchor = selection.anchor ?? index;
  return [Math.min(anchor, index), Math.max(anchor, index) + 1];
}
