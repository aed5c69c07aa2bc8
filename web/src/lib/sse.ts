// Server-sent events out of chunks of text, as the HTML standard describes them (section 9.2.6).

export interface ServerEvent { type: string; data: string; id: string }

/** The most text that one event may have; what is longer is dropped. */
const longest = 4_000_000;

export class EventParser {
  /** The id of the last event that was whole. */
  lastId = '';
  /** How long the server wants us to wait before coming again, in milliseconds. */
  retry?: number;
  #rest = '';
  #type = '';
  #data: string[] = [];
  #size = 0;
  #id = '';

  /** The events that are whole with this text. */
  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > longest) this.#rest = '';
    for (const line of lines) this.#line(line, events);
    return events;
  }

  #line(line: string, events: ServerEvent[]): void {
    if (line === '') {
      this.lastId = this.#id;
      if (this.#data.length && this.#size <= longest) {
        events.push({ type: this.#type || 'message', data: this.#data.join('\n'), id: this.#id });
      }
      this.#type = '';
      this.#data = [];
      this.#size = 0;
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'event') this.#type = value;
    else if (field === 'data') {
      this.#size += value.length;
      if (this.#size <= longest) this.#data.push(value);
    } else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^\d{1,7}$/.test(value)) this.retry = Number(value);
  }
}
