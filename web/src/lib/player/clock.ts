// Time codes of the player: always `h:mm:ss`, so that nothing moves while they count.

/** `1:02:03` of seconds. Less than 0, and what is no number, is 0. */
export function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const two = (n: number) => String(n).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** Seconds of `1:02:03`, `2:03`, `1h2m3s`, `90s` or `90`; undefined of anything else. */
export function seconds(text: string): number | undefined {
  const colons = /^(?:(\d{1,4}):)?(\d{1,4}):(\d{2}(?:\.\d{1,3})?)$/.exec(text);
  if (colons) return Number(colons[1] ?? 0) * 3600 + Number(colons[2]) * 60 + Number(colons[3]);
  const units = /^(?=\d)(?:(\d{1,4})h)?(?:(\d{1,6})m)?(?:(\d{1,8}(?:\.\d{1,3})?)s?)?$/.exec(text);
  if (units) return Number(units[1] ?? 0) * 3600 + Number(units[2] ?? 0) * 60 + Number(units[3] ?? 0);
  return undefined;
}
