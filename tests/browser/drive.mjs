// Plays presentations in Chromium with the players of the web, and says what went wrong.
//
//   node drive.mjs '{"base": "http://127.0.0.1:9000", "cases": [
//       {"engine": "hls", "url": "/hls/film.mp4/master.m3u8", "duration": 12.0,
//        "audios": 3, "texts": 2}]}'
//
// Prints one JSON object a line for each case, with its findings; ends with 0 if there are none.
// The page and the players are given to the browser as if the server had them, so that nothing
// crosses origins and nothing but the server is asked.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = fileURLToPath(new URL(".", import.meta.url));
const types = { html: "text/html", mjs: "text/javascript", js: "text/javascript", css: "text/css" };

const flags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

// How long anything may take that a player does at once on an idle machine.
const patience = 25_000;
// How long a whole case may take: a browser that hangs answers no question.
const limit = 150_000;

async function asset(route) {
  const path = normalize(new URL(route.request().url()).pathname.replace("/__player/", ""));
  const own = ["page.html", "page.mjs"].includes(path);
  const file = join(here, own ? path : join("node_modules", path));
  try {
    const body = await readFile(file);
    await route.fulfill({ body, contentType: types[path.split(".").pop()] ?? "text/plain" });
  } catch {
    await route.fulfill({ status: 404 });
  }
}

class Case {
  constructor(page, wanted) {
    this.page = page;
    this.wanted = wanted;
    this.findings = [];
    this.seeks = [];
  }

  state() {
    return this.page.evaluate(() => window.state());
  }

  // Waits until `is` says yes of the state; null when it never does.
  async until(is, limit = patience) {
    const end = Date.now() + limit;
    for (;;) {
      const state = await this.state();
      if (is(state)) return state;
      if (Date.now() > end) return null;
      if (state.paused && !state.ended) await this.page.evaluate(() => window.play());
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  async say(text) {
    const { time, ready, buffered, frames } = await this.state();
    const ranges = buffered.map(([from, to]) => `${from.toFixed(3)}-${to.toFixed(3)}`).join(" ");
    this.findings.push(`${text} (at ${time.toFixed(3)} s, ready ${ready}, ${frames} frames, buffered ${ranges})`);
  }

  async run() {
    const { engine, url, duration, audios = 0, texts = 0 } = this.wanted;
    await this.page.goto(`${base}/__player/page.html`);
    await this.page.waitForFunction(() => window.ready);
    await this.page.evaluate(([engine, url]) => window.begin(engine, url), [engine, url]);
    const playing = await this.until((state) => state.time > 0.4 && state.frames > 4 && state.width > 0);
    if (!playing) return this.say("it does not play");
    if (Math.abs(playing.duration - duration) > 0.25) {
      await this.say(`its duration is ${playing.duration}, not ${duration}`);
    }
    // Text first: shaka-player shows none of HLS that is chosen when all pictures are loaded.
    if (texts > 0) await this.eachText(texts);
    await this.seekAbout(duration);
    if (audios > 1) await this.eachAudio(audios);
    await this.toTheEnd(playing.duration);
  }

  async seekAbout(duration) {
    let place = 0.37;
    for (let nth = 0; nth < 10; nth += 1) {
      // The golden ratio comes everywhere and never twice.
      place = (place + 0.618034) % 1;
      const to = place * (duration - 0.6);
      await this.page.evaluate((to) => window.seek(to), to);
      const near = (state) => !state.seeking && state.shown >= to - 0.5 && state.shown <= to + 0.5;
      const landed = await this.until(near, 15_000);
      if (landed) this.seeks.push(landed.shown - to);
      else await this.say(`seek ${nth + 1}, to ${to.toFixed(3)} s, shows no picture of that time but of ${(await this.state()).shown}`);
    }
  }

  // From where there is enough left to play on.
  async back() {
    await this.page.evaluate(() => window.seek(0.8));
    await this.until((state) => !state.seeking && state.shown >= 0.3);
  }

  async eachAudio(wanted) {
    const there = await this.page.evaluate(() => window.audios());
    if (there !== wanted) await this.say(`it has ${there} languages, not ${wanted}`);
    for (const at of [...Array(there).keys()].reverse()) {
      await this.back();
      await this.page.evaluate((at) => window.audio(at), at);
      const before = await this.state();
      const on = await this.until((state) => state.time > before.time + 0.8 && state.sound > before.sound);
      const chosen = await this.page.evaluate(() => window.chosenAudio());
      if (!on) await this.say(`it does not go on with language ${at + 1}`);
      if (chosen !== at) await this.say(`language ${at + 1} was chosen, and ${chosen + 1} is heard`);
    }
  }

  async eachText(wanted) {
    const there = await this.page.evaluate(() => window.texts());
    if (there !== wanted) await this.say(`it has ${there} subtitles, not ${wanted}`);
    for (let at = 0; at < there; at += 1) {
      await this.back();
      await this.page.evaluate((at) => window.text(at), at);
      const end = Date.now() + patience;
      let cues = 0;
      while (cues === 0 && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        cues = await this.page.evaluate(() => window.cues());
      }
      if (cues === 0) await this.say(`subtitles ${at + 1} bring no line`);
    }
  }

  async toTheEnd(duration) {
    await this.page.evaluate((to) => window.seek(to), Math.max(0, duration - 1));
    const ended = await this.until((state) => state.ended || state.time > state.duration - 0.3);
    if (!ended) await this.say("it does not reach its end");
  }
}

const { base, cases } = JSON.parse(process.argv[2]);
const profile = await mkdtemp(join(tmpdir(), "vidicon-browser-"));
let failed = false;
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: false,
  args: flags,
});
try {
  for (const wanted of cases) {
    const page = await browser.newPage();
    await page.route("**/__player/**", asset);
    const one = new Case(page, wanted);
    const refused = [];
    page.on("pageerror", (error) => one.findings.push(`the page: ${error.message}`));
    page.on("response", (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${new URL(response.url()).pathname}`);
    });
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it did not end in ${limit / 1000} s`)), limit);
    });
    let state = { errors: [] };
    try {
      await Promise.race([one.run().then(async () => (state = await one.state())), late]);
    } catch (error) {
      one.findings.push(`the driver: ${error.message}`);
    }
    clearTimeout(timer);
    one.findings.push(...state.errors, ...refused);
    failed ||= one.findings.length > 0;
    console.log(
      JSON.stringify({
        ...wanted,
        findings: one.findings.slice(0, 12),
        frames: state.frames,
        dropped: state.dropped,
        size: [state.width, state.height],
        seeks: one.seeks.map((off) => Number(off.toFixed(3))),
      }),
    );
    await Promise.race([page.close(), new Promise((resolve) => setTimeout(resolve, 5000))]);
  }
} finally {
  await Promise.race([browser.close(), new Promise((resolve) => setTimeout(resolve, 10_000))]);
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
process.exitCode = failed ? 1 : 0;
