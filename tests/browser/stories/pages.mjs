// Every page, in both themes at the widths of a phone, a tablet and a desk: drawn into a folder for
// people to look at, and searched by axe for what shuts somebody out.
import assert from "node:assert/strict";
import { join } from "node:path";
import { lived } from "./lived.mjs";
import { plays } from "./watch.mjs";

const widths = { 390: 844, 820: 1180, 1440: 900 };

export default async function pages(world) {
  const me = await world.person();
  const { page } = me;
  const { id, playlist } = await lived(me);
  const findings = [];
  const first = page.locator("[data-index='0'] .card, [data-index='0'] [data-main]").first();
  const grid = async () => {
    await first.waitFor();
    await me.pictures();
  };
  const heading = () => page.locator("main h1").first().waitFor({ state: "attached" });

  const all = {
    home: ["/", async () => (await page.locator(".shelf .card").first().waitFor(), me.pictures())],
    library: ["/library", grid],
    list: ["/library?sort=title", async () => {
      await grid();
      await page.getByRole("button", { name: "Show as a list" }).click();
      await grid();
    }, async () => page.getByRole("button", { name: "Show as a grid" }).click()],
    filtered: ["/library?folder=Films&rating=4..", grid],
    selection: ["/library?sort=title", async () => {
      await grid();
      await page.getByRole("button", { name: "Select", exact: true }).click();
      for (const index of [0, 2, 3]) await page.locator(`[data-index="${index}"] .pick`).click();
      await page.getByText("3 selected").waitFor();
    }],
    empty: ["/library?q=nothing+like+this", () => page.getByText(/^Nothing found/).waitFor()],
    folders: ["/library/folders", async () => (await page.getByRole("main").getByRole("link", { name: /^Films/ }).waitFor(), me.pictures())],
    folder: ["/library/folders?folder=Films", grid],
    history: ["/history", () => page.getByRole("heading", { level: 2, name: "Today" }).waitFor()],
    duplicates: ["/library/duplicates", () => page.getByText(/lies on disk more than once/).waitFor()],
    problems: ["/library/problems", () => page.getByText(/Broken\.mp4/).first().waitFor()],
    favourites: ["/favorites", grid],
    search: ["/search?q=summer", grid],
    tags: ["/tags", () => page.getByRole("link", { name: /^holiday/ }).waitFor()],
    playlists: ["/playlists", async () => (await page.getByRole("main").getByRole("link", { name: /^Cities/ }).waitFor(), me.pictures())],
    playlist: [`/playlists/${playlist}`, async () => (await page.getByRole("button", { name: /^Move “/ }).first().waitFor(), me.pictures())],
    settings: ["/settings", heading],
    watch: [`/watch/${id("Fjord")}`, async () => {
      await page.locator(".host video").waitFor({ state: "attached" });
      await page.waitForFunction(() => document.querySelector(".begin") || document.querySelector(".host video")?.currentTime > 0.5);
      if (await page.locator(".begin").isVisible()) await page.locator(".begin button").first().click();
      await plays(page);
      await page.keyboard.press("k");
      await page.waitForFunction(() => document.querySelector(".host video").paused);
      await me.pictures();
    }],
    shortcuts: ["/library", async () => {
      await grid();
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
    }],
    // Once, the administration asks for a password to be set.
    first: ["/admin", () => page.getByRole("button", { name: "Later" }).waitFor(), () => page.getByRole("button", { name: "Later" }).click()],
    admin: ["/admin", async () => {
      await page.getByText(/^(All is well|It works)/).waitFor();
      await page.getByText("The first samples are there in some seconds.").waitFor({ state: "detached" });
    }],
    jobs: ["/admin/jobs", heading],
    logs: ["/admin/logs", heading],
    loadtest: ["/admin/load", heading],
    data: ["/admin/data", heading],
    access: ["/admin/access", heading],
    unknown: ["/playlists/nowhere", heading],
  };

  const wanted = world.only?.split(",") ?? Object.keys(all);
  for (const name of wanted) {
    const [path, ready, after] = all[name];
    try {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(path);
      await heading();
      await ready();
      for (const theme of ["dark", "light"]) {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
        for (const [width, height] of Object.entries(widths)) {
          await page.setViewportSize({ width: Number(width), height });
          await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
          await me.pictures(false);
          await page.screenshot({ path: join(world.shots, `${name}-${theme}-${width}.png`) });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (wide > 0) findings.push(`${name} ${width}: ${wide} px wider than the screen`);
          if (width !== "820") findings.push(...(await me.breaches()).map((breach) => `${name} ${theme} ${width}: axe: ${breach}`));
        }
      }
      await page.setViewportSize({ width: 1440, height: 900 });
      await after?.();
    } catch (error) {
      findings.push(`${name}: ${error.message}`);
      await page.screenshot({ path: join(world.shots, `${name}-failed.png`) }).catch(() => undefined);
    }
  }
  console.log(`the pages are drawn in ${world.shots}`);
  assert.equal(findings.length, 0, `\n${findings.join("\n")}`);
}
