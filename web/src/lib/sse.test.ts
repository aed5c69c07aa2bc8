import { expect, it } from 'vitest';
import { EventParser } from './sse';

it('an event may come in pieces', () => {
  const parser = new EventParser();
  expect(parser.push('event: vie')).toEqual([]);
  expect(parser.push('ws\nid: 7\ndata: {"a":')).toEqual([]);
  expect(parser.push('1}\n\n')).toEqual([{ type: 'views', data: '{"a":1}', id: '7' }]);
  expect(parser.lastId).toBe('7');
});
it('comments only keep the line warm', () => {
  expect(new EventParser().push(': hello\n\n')).toEqual([]);
});
it('the id stays until there is another', () => {
  const parser = new EventParser();
  const events = parser.push('id: 3\ndata: a\n\ndata: b\n\n');
  expect(events.map((e) => e.id)).toEqual(['3', '3']);
});
it('several lines of data are one text', () => {
  expect(new EventParser().push('data: a\r\ndata: b\r\n\r\n')[0]?.data).toBe('a\nb');
});
it('the server says when to come again', () => {
  const parser = new EventParser();
  parser.push('retry: 2500\n\n');
  expect(parser.retry).toBe(2500);
});
