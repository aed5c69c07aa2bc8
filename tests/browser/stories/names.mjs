// File names and tags are text, whatever they hold; and what got in as an element would do nothing.
import assert from "node:assert/strict";
import { until } from "./world.mjs";

export default async function names(world) {
  const me = await world.person();
  const { page } = me;
  await me.go("/");
  const { items } = await me.ask("/videos?sort=title&limit=100");
  assert.equal(items.length, world.names.length, JSON.stringify(items.map((video) => video.title)));
  const wild = (text) => /<img|<script|onerror/.test(text);
  assert.ok(items.some((video) => wild(video.title)), JSON.stringify(items.map((video) => video.title)));

  // A tag like the names.
  const tag = "<img src=x onerror=alert(1)>‮\u{1F3AC}";
  const answer = await me.context.request.put(`/api/v1/videos/${items[0].id}/tags/${encodeURIComponent(tag)}`);
  assert.ok(answer.ok(), await answer.text());

  for (const path of ["/", "/library?sort=title", "/library/folders", "/tags", "/search?q=img"]) {
    await me.go(path);
    await page.getByText("<img", { exact: false }).first().waitFor({ state: "attached" });
    await fits(page, path);
  }
  await me.go("/library?sort=title");
  await until(async () => (await me.titles()).length === items.length, "not all are listed");
  assert.deepEqual([...(await me.titles())].sort(), items.map((video) => video.title).sort());
  await page.getByRole("button", { name: "Show as a list" }).click();
  await until(async () => (await page.locator("[data-index] [data-main]").count()) === items.length, "the list has not all");
  await fits(page, "the list");
  for (const video of items) {
    await page.goto(`/watch/${video.id}`);
    const heading = page.getByRole("heading", { level: 1 });
    await until(async () => (await heading.innerText()).trim() === video.title.replace(/\s+/g, " ").trim(), async () => `the page says ${JSON.stringify(await heading.innerText())}, not ${JSON.stringify(video.title)}`);
    await fits(page, video.title);
  }
  assert.equal(await page.evaluate(() => document.querySelectorAll("img[src=x], main script").length), 0);
  assert.equal(await page.evaluate(() => typeof window.hacked), "undefined");
}

async function fits(page, where) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${where}: ${wide} px wider than the screen`);
}
