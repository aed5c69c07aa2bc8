// Times, in Chromium, how long it takes from pressing play to the first frame on the screen.
//
//   node first-frame.mjs BASE NODE_MODULES CHROMIUM TIMES FILE...
//
// Prints one JSON object a line: {"name": "hls.js, clip.mp4", "times": [123.4, …]}. Each time is
// one of a fresh page. The page and hls.js are given to the browser as if the server had them.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [base, modules, executablePath, times, ...files] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "x.js"));
const { chromium } = require("playwright-core");
const hls = await readFile(join(modules, "hls.js/dist/hls.min.js"));

const browser = await chromium.launch({
  executablePath,
  args: [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
  ],
});

// Runs in the page. Both what makes the picture and the clock begin with the press.
function play({ way, url }) {
  return new Promise((done, fail) => {
    const video = document.querySelector("video");
    setTimeout(() => fail(new Error("no frame within 20 s")), 20_000);
    video.addEventListener("error", () => fail(new Error(video.error?.message || "cannot be played")));
    const start = performance.now();
    video.requestVideoFrameCallback(() => done(performance.now() - start));
    if (way.startsWith("hls.js")) {
      // As it comes, and told that there is nothing to choose between.
      const told = { startLevel: 0, testBandwidth: false, startFragPrefetch: true, enableWorker: false };
      const player = new window.Hls(way === "hls.js" ? {} : told);
      player.on(window.Hls.Events.ERROR, (_, { fatal, details }) => fatal && fail(new Error(details)));
      player.loadSource(url);
      player.attachMedia(video);
    } else {
      video.src = url;
    }
    video.play().catch(fail);
  });
}

const say = (object) => console.log(JSON.stringify(object));
const page = '<!doctype html><script src="/__bench/hls.js"></script><video muted playsinline width="640"></video>';

say({ name: `version: Chromium ${browser.version()}`, times: [] });
for (const file of files) {
  const ways = [
    ["direct file", `/${file}`],
    ["hls.js", `/hls/${file}/master.m3u8`],
    ["hls.js told of one variant", `/hls/${file}/master.m3u8`],
    ["native HLS", `/hls/${file}/master.m3u8`],
  ];
  for (const [way, path] of ways) {
    const took = [];
    try {
      // One more than counted: the first wakes up the browser's own processes.
      for (let turn = 0; turn <= Number(times); turn += 1) {
        const context = await browser.newContext();
        const tab = await context.newPage();
        await tab.route("**/__bench/page", (route) => route.fulfill({ body: page, contentType: "text/html" }));
        await tab.route("**/__bench/hls.js", (route) => route.fulfill({ body: hls, contentType: "text/javascript" }));
        await tab.goto(`${base}/__bench/page`);
        // While anything is routed, every request waits for this process.
        await tab.unrouteAll();
        const time = await tab.evaluate(play, { way, url: base + path });
        if (turn > 0) took.push(time);
        await context.close();
      }
      say({ name: `${way}, ${file}`, times: took });
    } catch (error) {
      say({ name: `${way}, ${file}`, times: [], error: error.message.split("\n")[0] });
    }
  }
}
await browser.close();
