// Who asks their system for less motion sees nothing move but what they play.
import assert from "node:assert/strict";
import { plays } from "./watch.mjs";
import { until } from "./world.mjs";

export default async function motion(world) {
  const me = await world.person({ reducedMotion: "reduce" });
  const { page } = me;
  await until(async () => (await me.video("Winter Walk")).preview, "no preview was made");
  await me.go("/library?sort=title");
  const card = me.card("Winter Walk");
  await me.pictures();
  // Under the pointer there are stars and no film.
  await card.hover();
  await card.getByRole("radiogroup").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  const moving = () => page.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length);
  await until(async () => (await moving()) === 0, "something goes on moving");
  assert.deepEqual(me.requests.filter((request) => request.path.endsWith("preview.mp4")), []);

  await me.go("/");
  await page.locator(".shelf .card").first().waitFor();
  await until(async () => (await moving()) === 0, "something goes on moving");
  await card.first().locator("a.title").click();
  await plays(page);
  // It follows the system while the page is open.
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await page.goBack();
  await me.visit("Library");
  await me.card("Winter Walk").hover();
  await page.locator(".card video.ready").waitFor();
}
