import { expect, it } from 'vitest';
import { moment, Optimistic } from './optimistic';

interface Rated { rating?: number | undefined; views: number }
const value = () => new Optimistic<Rated>({ rating: 2, views: 10 });

it('a change shows at once and is taken back when it is refused', () => {
  const v = value();
  const ticket = v.guess({ rating: 5 });
  expect(v.view.rating).toBe(5);
  v.refuse(ticket);
  expect(v.view.rating).toBe(2);
});
it('the last of two quick changes stays although the first is answered later', () => {
  const v = value();
  const first = v.guess({ rating: 3 });
  const second = v.guess({ rating: 5 });
  v.confirm(first, { rating: 3 });
  expect(v.view.rating).toBe(5);
  v.refuse(second);
  expect(v.view.rating).toBe(3);
});
it('news from elsewhere does not undo what is being asked for', () => {
  const v = value();
  const ticket = v.guess({ rating: 5 });
  v.adopt({ rating: 1, views: 11 });
  expect(v.view).toEqual({ rating: 5, views: 11 });
  v.confirm(ticket);
  expect(v.view).toEqual({ rating: 5, views: 11 });
});
it('the server may know better', () => {
  const v = value();
  v.confirm(v.guess({ rating: 5 }), { rating: undefined });
  expect(v.view.rating).toBeUndefined();
});
it('a list that was asked for before a change does not undo it, and brings all else', () => {
  const v = value();
  const asked = moment();
  v.confirm(v.guess({ rating: 5 }), { rating: 5 });
  v.renew({ rating: 2, views: 12 }, asked);
  expect(v.view).toEqual({ rating: 5, views: 12 });
  v.renew({ rating: 3, views: 13 }, moment());
  expect(v.view).toEqual({ rating: 3, views: 13 });
});
it('news that came while a list was on its way stay', () => {
  const v = value();
  const asked = moment();
  v.adopt({ views: 20 });
  v.renew({ rating: 4, views: 10 }, asked);
  expect(v.view).toEqual({ rating: 4, views: 20 });
});
