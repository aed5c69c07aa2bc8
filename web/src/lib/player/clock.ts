// Times in addresses, as people write them.

/** Seconds of `1:02:03`, `2:03`, `1h2m3s`, `90s` or `90`; undefined of anything else. */
export function seconds(text: string): number | undefined {
  const colons = /^(?:(\d{1,4}):)?(\d{1,4}):(\d{2}(?:\.\d{1,3})?)$/.exec(text);
  if (colons) return Number(colons[1] ?? 0) * 3600 + Number(colons[2]) * 60 + Number(colons[3]);
  const units = /^(?=\d)(?:(\d{1,4})h)?(?:(\d{1,6})m)?(?:(\d{1,8}(?:\.\d{1,3})?)s?)?$/.exec(text);
  if (units) return Number(units[1] ?? 0) * 3600 + Number(units[2] ?? 0) * 60 + Number(units[3] ?? 0);
  return undefined;
}
