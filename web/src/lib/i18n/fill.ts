// One text with its parameters.
import { number, pluralForm } from '../format';

/** A text, or its plural forms by the names of Intl.PluralRules. */
export type Entry = string | { [form: string]: string };

/** `{name}` becomes the parameter of that name; numbers are written as the language writes them. */
export function fill(entry: Entry | undefined, params: Record<string, string | number>, language: string, key: string): string {
  if (entry === undefined) return key;
  let text: string;
  if (typeof entry === 'string') text = entry;
  else {
    const n = Number(params['n'] ?? 0);
    text = entry[pluralForm(n, language)] ?? entry['other'] ?? key;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number(value, language) : value;
  });
}
