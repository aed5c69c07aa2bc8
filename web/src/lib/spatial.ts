// Where an arrow key leads from here, among what can take the focus. Pure: boxes in, a number out.

/** Pixels of the window. */
export interface Box { left: number; top: number; right: number; bottom: number }
export type Way = 'left' | 'right' | 'up' | 'down';

/** How far boxes that lie beside each other may overlap, in pixels: rings and rounding. */
const slack = 6;

/**
 * The number of the box that is next in this direction, -1 if there is none. What lies straight ahead is nearer than
 * what is aside, but for a row that ends before: it is not jumped over. Of those equally near it is the one whose
 * middle is closer.
 */
export function nearest(from: Box, others: readonly Box[], way: Way): number {
  let best = -1;
  let least = Infinity;
  others.forEach((box, i) => {
    const far = distance(from, box, way);
    if (far !== undefined && far < least) {
      least = far;
      best = i;
    }
  });
  return best;
}

function distance(from: Box, to: Box, way: Way): number | undefined {
  const along = ahead(from, to, way);
  if (along < -slack) return undefined;
  const upright = way === 'up' || way === 'down';
  const aside = upright ? gap(from.left, from.right, to.left, to.right) : gap(from.top, from.bottom, to.top, to.bottom);
  // To the side one stays in the row: what is more aside than ahead is another row.
  if (!upright && aside > 0 && aside > Math.max(along, 0)) return undefined;
  const off = upright ? middle(from.left, from.right, to.left, to.right) : middle(from.top, from.bottom, to.top, to.bottom);
  return Math.max(0, along) + aside * (upright ? 0.5 : 2) + off * 0.08;
}

/** How far the near edge of one lies beyond the far edge of the other. */
function ahead(from: Box, to: Box, way: Way): number {
  if (way === 'down') return to.top - from.bottom;
  if (way === 'up') return from.top - to.bottom;
  return way === 'right' ? to.left - from.right : from.left - to.right;
}

/** Between two stretches; 0 where they overlap. */
function gap(a: number, b: number, c: number, d: number): number {
  return Math.max(0, c - b, a - d);
}

function middle(a: number, b: number, c: number, d: number): number {
  return Math.abs((a + b) / 2 - (c + d) / 2);
}
