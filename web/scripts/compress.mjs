// Puts a .br and a .gz beside every text of dist/, so that the server never compresses a page.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const texts = /\.(?:html|js|css|svg|json|webmanifest|txt)$/;
const dist = new URL('../dist/', import.meta.url).pathname;
const sums = { files: 0, plain: 0, br: 0 };

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !texts.test(entry.name)) continue;
  const plain = readFileSync(path);
  const br = brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  });
  const gz = gzipSync(plain, { level: 9 });
  // What does not shrink is served as it is.
  if (br.length < plain.length) writeFileSync(`${path}.br`, br);
  if (gz.length < plain.length) writeFileSync(`${path}.gz`, gz);
  sums.files += 1;
  sums.plain += plain.length;
  sums.br += br.length;
}
console.log(`${sums.files} texts, ${sums.plain} bytes, ${sums.br} compressed`);
