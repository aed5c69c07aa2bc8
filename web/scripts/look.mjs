// Looks at the pages: screenshots of each in both themes at four widths, axe over each, and whatever
// the console says. URL of a server that has videos (the mock, or Vidicon); pictures go to a folder.
//   node scripts/look.mjs http://127.0.0.1:8787 /tmp/shots [page,…] [width,…]
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url = 'http://127.0.0.1:8787', folder = '/tmp/vidicon-shots', only = '', widths = '390,820,1440,3840'] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const heights = { 320: 640, 390: 844, 820: 1180, 1440: 900, 3840: 2160 };
const main = (page) => page.locator('main').waitFor();
const pictures = async (page) => {
  await page.waitForFunction(() => document.querySelectorAll('.poster img, .mosaic img').length > 0).catch(() => undefined);
  await page.waitForFunction(() => [...document.images].every((i) => i.complete || i.loading === 'lazy')).catch(() => undefined);
};

const pages = {
  home: ['/', pictures],
  library: ['/library', pictures],
  list: ['/library?sort=title', async (page) => { await pictures(page); await page.getByRole('button', { name: 'Show as a list' }).click(); await pictures(page); }],
  filters: ['/library?tags=family,documentary&watched=no', async (page) => { await pictures(page); await page.getByRole('button', { name: 'Filter', exact: false }).first().click(); await page.locator('.filters .value .n').nth(5).waitFor(); }],
  selection: ['/library?sort=title', async (page) => { await pictures(page); await page.getByRole('button', { name: 'Select', exact: true }).click(); for (const n of [1, 2, 4]) await page.locator(`[data-index="${n}"] .pick`).click(); }],
  hover: ['/library?sort=rating', async (page) => { await pictures(page); await page.locator('[data-index="1"] .card').hover(); await page.locator('.hands').waitFor(); await page.locator('video.ready').waitFor({ timeout: 4000 }).catch(() => undefined); }],
  favourites: ['/favorites', pictures],
  search: ['/search?q=river', pictures],
  suggest: ['/library', async (page) => { await pictures(page); await page.keyboard.press('/'); await page.keyboard.type('har'); await page.locator('[role=listbox] li').first().waitFor(); }],
  tags: ['/tags', async (page) => { await page.locator('main li').first().waitFor(); }],
  tagdialog: ['/tags', async (page) => { await page.getByRole('button', { name: 'Change tag documentary' }).click(); await page.getByRole('menuitem').first().click(); await page.locator('dialog').waitFor(); }],
  tagedit: ['/library?sort=title', async (page) => { await pictures(page); await page.locator('[data-index="2"] [data-main]').focus(); await page.keyboard.press('t'); await page.locator('dialog').waitFor(); }],
  playlists: ['/playlists', pictures],
  playlist: ['/playlists/1', pictures],
  folders: ['/library/folders', pictures],
  folder: ['/library/folders?folder=Films', pictures],
  duplicates: ['/library/duplicates', pictures],
  problems: ['/library/problems', async (page) => { await page.locator('main li').first().waitFor(); }],
  settings: ['/settings', main],
  keys: ['/library', async (page) => { await pictures(page); await page.keyboard.press('?'); await page.locator('dialog').waitFor(); }],
  menu: ['/library?sort=views', async (page) => { await pictures(page); await page.locator('[data-index="1"] .card').hover(); await page.locator('[data-index="1"] .menu button').click(); await page.locator('[role=menu]').waitFor(); }],
  empty: ['/library?q=nothing+like+this', async (page) => { await page.locator('.empty').waitFor(); }],
  unknown: ['/nowhere', main],
};

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
let bad = 0;
for (const theme of ['dark', 'light']) {
  for (const width of widths.split(',').map(Number)) {
    const options = { viewport: { width, height: heights[width] ?? 900 }, colorScheme: theme, hasTouch: width < 1000, locale: process.env.LOCALE ?? 'en-GB', reducedMotion: 'no-preference' };
    for (const [name, [path, ready]] of Object.entries(pages)) {
      if (only && !only.split(',').includes(name)) continue;
      const context = await browser.newContext(options);
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      const said = [];
      page.on('console', (m) => ['error', 'warning'].includes(m.type()) && said.push(m.text()));
      page.on('pageerror', (e) => said.push(String(e)));
      try {
        await page.goto(url + path);
        await ready(page);
        await page.waitForTimeout(350);
        await page.screenshot({ path: join(folder, `${name}-${theme}-${width}.png`) });
        if (width === 390 || width === 1440) {
          const found = await (await page.context().newCDPSession(page)).send('Runtime.evaluate', { expression: `${axe}; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((r) => JSON.stringify(r.violations.map((v) => [v.id, v.impact, v.nodes.length, v.nodes[0].html.slice(0, 160), v.nodes[0].any[0]?.message ?? ''])))`, awaitPromise: true });
          for (const v of JSON.parse(found.result.value)) { bad += 1; console.log(`axe ${name} ${theme} ${width}: ${v.join(' | ')}`); }
          const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
          if (wide) { bad += 1; console.log(`${name} ${width}: wider than the screen`); }
        }
      } catch (error) {
        bad += 1;
        console.log(`${name} ${theme} ${width}: ${String(error).split('\n').slice(0, 3).join(' ')}`);
        await page.screenshot({ path: join(folder, `${name}-${theme}-${width}-failed.png`) }).catch(() => undefined);
      }
      for (const text of new Set(said)) { bad += 1; console.log(`console ${name} ${theme} ${width}: ${text.slice(0, 300)}`); }
      await context.close();
    }
  }
}
await browser.close();
console.log(bad ? `${bad} to look at` : 'nothing to complain about');
process.exitCode = bad ? 1 : 0;
