// Somebody plays a video, leaves it half seen, and is offered to go on.
import assert from "node:assert/strict";
import { until } from "./world.mjs";

export default async function watch(world) {
  const me = await world.person();
  const { page } = me;
  await me.go("/library?sort=title");
  await me.card("Summer 10").locator("a.title").click();
  const { id } = await me.video("Summer 10");
  await page.waitForURL(`**/watch/${id}`);
  await plays(page);

  // Jumping to the middle and stopping there tells where.
  const progress = new RegExp(`/videos/${id}/progress$`);
  const told = await me.answered("PUT", progress, async () => {
    await page.keyboard.press("5");
    await page.waitForFunction(() => document.querySelector(".host video").currentTime > 13);
    await page.keyboard.press("k");
  });
  const { position } = told.request().postDataJSON();
  assert.ok(position > 12 && position < 20, `it told ${position} s`);
  await until(async () => (await me.video("Summer 10")).resume > 12, "the place is not kept");

  await page.reload();
  // A browser may want a click before it lets anything be heard.
  const button = page.getByRole("button", { name: "Play", exact: true }).first();
  await page.getByText(/^Continue(d)? at 0:00:1\d$/).first().waitFor();
  if (await page.locator(".begin").isVisible()) await button.click();
  await plays(page);
  assert.ok((await page.evaluate(() => document.querySelector(".host video").currentTime)) > 12);
  await page.getByRole("button", { name: "Start over" }).click();
  await page.waitForFunction(() => document.querySelector(".host video").currentTime < 8);
  await until(async () => (await me.video("Summer 10")).views > 0, "no view is counted");

  // Home offers it, too.
  await me.visit("Home");
  await page.getByText("Continue watching").first().waitFor();
  await page.getByRole("heading", { name: "Summer 10" }).first().waitFor();
}

// Waits until pictures are shown, and they are no black ones.
export async function plays(page) {
  await page.waitForFunction(() => {
    const video = document.querySelector(".host video");
    return video && !video.paused && video.currentTime > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 5;
  });
  const bright = await page.evaluate(() => {
    const canvas = new OffscreenCanvas(16, 9).getContext("2d");
    canvas.drawImage(document.querySelector(".host video"), 0, 0, 16, 9);
    return Math.max(...canvas.getImageData(0, 0, 16, 9).data.filter((_, at) => at % 4 < 3));
  });
  assert.ok(bright > 60, `the picture is black: ${bright}`);
}
