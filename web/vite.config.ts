import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/**
 * Puts `src/boot.js` into the head as a classic script with a hashed name. It must run before the
 * first paint, which a module does not, and it must be a file, since the pages' policy allows no
 * inline script.
 */
function boot(): Plugin {
  const source = () => readFileSync(new URL('src/boot.js', import.meta.url), 'utf8');
  let built = false;
  const name = () =>
    built
      ? `assets/boot-${createHash('sha256').update(source()).digest('hex').slice(0, 8)}.js`
      : 'src/boot.js';
  return {
    name: 'vidicon-boot',
    configResolved(config) {
      built = config.command === 'build';
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: name(), source: source() });
    },
    transformIndexHtml() {
      return [{ tag: 'script', attrs: { src: `/${name()}` }, injectTo: 'head-prepend' }];
    },
  };
}

/** What the first view is made of: one file, for a chain of twenty small ones is slower than all of them together. */
function isFirst(id: string): boolean {
  const path = id.split('?')[0] ?? '';
  if (/\/node_modules\/(svelte|esm-env|clsx|openapi-fetch)\//.test(path)) return true;
  if (/\/src\/(App\.svelte|app\.css|main\.ts|pages\/(Home|Library)\.svelte)$/.test(path)) return true;
  const later = /\/src\/lib\/(admin|player)\/|\/i18n\/de\.json$|\/lib\/(played|stretches\.svelte)\.ts$|\/ui\/(Stretched|KeySheet|Shortcuts|SignIn|SignInDialog|KeyDialog|PlaylistDialog|TagDialog|TagEditor)\.svelte$/;
  return /\/src\/lib\//.test(path) && !later.test(path);
}

const server = process.env.VIDICON_URL ?? 'http://127.0.0.1:8787';

export default defineConfig({
  plugins: [svelte(), boot()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // A data: URL would be against the pages' policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', test: isFirst }] } } },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(
      ['/api', '/video', '/hls', '/hls-ts', '/dash', '/clip', '/playback', '/ready', '/admin/cache'].map((path) => [
        path,
        // With the name that the browser knows: for another one the server takes our pages for those of a stranger.
        { target: server, changeOrigin: false },
      ]),
    ),
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0]);
