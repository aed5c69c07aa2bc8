import { describe, expect, it } from 'vitest';
import { command, nextSpeed, sheet } from './keys';

const press = (key: string, more = {}) => command({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...more });

describe('keys', () => {
  it('are those that people know', () => {
    expect(press(' ')).toEqual(press('k'));
    expect(press('j')).toEqual({ do: 'by', seconds: -10 });
    expect(press('ArrowRight')).toEqual({ do: 'by', seconds: 5 });
    expect(press('7')).toEqual({ do: 'share', share: 0.7 });
    expect(press('>', { shiftKey: true })).toEqual({ do: 'speed', by: 1 });
    expect(press('N', { shiftKey: true })).toEqual({ do: 'next' });
  });
  it('of remotes and keyboards with media keys do the same', () => {
    expect(press('MediaPlayPause')).toEqual({ do: 'toggle' });
    expect(press('MediaTrackNext')).toEqual({ do: 'next' });
  });
  it('that the browser wants for itself are left to it', () => {
    expect(press('f', { ctrlKey: true })).toBeUndefined();
    expect(press('l', { metaKey: true })).toBeUndefined();
    expect(press('ArrowLeft', { altKey: true })).toBeUndefined();
    expect(press('Tab')).toBeUndefined();
    expect(press('toString')).toBeUndefined();
  });
  it('go from chapter to chapter', () => {
    expect(press('ArrowLeft', { ctrlKey: true })).toEqual({ do: 'chapter', by: -1 });
  });
});

it('every key on the sheet does something', () => {
  const names: Record<string, string> = { Space: ' ', '←': 'ArrowLeft', '→': 'ArrowRight', '↑': 'ArrowUp', '↓': 'ArrowDown' };
  for (const [, rows] of sheet) {
    for (const [keys] of rows) {
      for (const key of keys) {
        if (key === '…' || key === 'Ctrl') continue;
        expect(press(names[key] ?? key), key).toBeDefined();
      }
    }
  }
});

it('speeds go up and down by steps and stop at their ends', () => {
  expect([nextSpeed(1, 1), nextSpeed(1, -1), nextSpeed(3, 1), nextSpeed(0.25, -1), nextSpeed(1.1, 1)]).toEqual([1.25, 0.75, 3, 0.25, 1.25]);
});
