import { describe, expect, it } from 'vitest';
import { beginning, Watching } from './watching';

function watch(duration: number) {
  const told: string[] = [];
  const watching = new Watching(duration, {
    progress: (position, leaving) => told.push(`${leaving ? 'left at' : 'at'} ${Math.round(position)}`),
    view: () => told.push('viewed'),
  });
  const play = (from: number, to: number, rate = 1) => {
    for (let time = from; time <= to + 1e-9; time += 0.25 * rate) watching.at(time, rate);
  };
  return { told, watching, play };
}

describe('somebody who watches', () => {
  it('has viewed a film after ten seconds, once', () => {
    const { told, play } = watch(3600);
    play(0, 9.5);
    expect(told).toEqual([]);
    play(9.5, 35);
    expect(told).toEqual(['viewed', 'at 10', 'at 20', 'at 30']);
  });
  it('has viewed a short clip after a tenth of it', () => {
    const { told, play } = watch(20);
    play(0, 2);
    expect(told).toEqual(['viewed']);
  });
  it('has not viewed what was jumped over', () => {
    const { told, watching } = watch(3600);
    for (const time of [0, 600, 1200, 1800]) watching.at(time);
    expect(told).toEqual([]);
  });
  it('tells where it was paused and where it was left', () => {
    const { told, watching, play } = watch(3600);
    play(100, 104);
    watching.stopped(104);
    watching.leaving();
    expect(told).toEqual(['at 104']);
    play(104, 106);
    watching.leaving();
    expect(told).toEqual(['at 104', 'left at 106']);
  });
  it('tells nothing of a page that was only opened', () => {
    const { told, watching } = watch(3600);
    watching.at(1234);
    watching.leaving();
    watching.stopped(1234);
    expect(told).toEqual([]);
  });
  it('is at the end at the end', () => {
    const { told, watching, play } = watch(60);
    play(52, 60);
    watching.ended();
    watching.leaving();
    expect(told).toEqual(['viewed', 'at 60']);
  });
  it('that plays faster is heard of as often', () => {
    const { told, play } = watch(3600);
    play(0, 41, 2);
    expect(told).toEqual(['viewed', 'at 20', 'at 40']);
  });
});

it('a video begins where it was left, unless that is at either end', () => {
  expect(beginning(undefined, 754, 3600)).toBe(754);
  expect(beginning(undefined, 3, 3600)).toBe(0);
  expect(beginning(undefined, 3500, 3600)).toBe(0);
  expect(beginning(undefined, undefined, 3600)).toBe(0);
});
it('an address may say where to begin', () => {
  expect(beginning(90, 754, 3600)).toBe(90);
  expect(beginning(0, 754, 3600)).toBe(0);
  expect(beginning(9999, undefined, 60)).toBe(59);
});
