// A card comes alive under the pointer: its preview plays then, is not loaded before, and goes at once.
import assert from "node:assert/strict";
import { until } from "./world.mjs";

export default async function hover(world) {
  const me = await world.person();
  const { page } = me;
  await until(async () => (await me.video("Winter Walk")).preview, "no preview was made");
  await me.go("/library?sort=title");
  const card = me.card("Winter Walk");
  await card.waitFor();
  await me.pictures();
  const asked = () => me.requests.filter((request) => request.path.endsWith("preview.mp4"));
  assert.deepEqual(asked(), [], "previews are loaded that nobody pointed at");

  await card.hover();
  await card.locator("video.ready").waitFor();
  await page.waitForFunction(() => document.querySelector(".card video").currentTime > 0.3);
  await card.getByRole("radiogroup", { name: "Rating of Winter Walk" }).waitFor();
  const { id } = await me.video("Winter Walk");
  assert.ok(asked().length > 0 && asked().every((request) => request.path.includes(id)), JSON.stringify(asked()));

  await page.mouse.move(2, 2);
  await card.locator("video").waitFor({ state: "detached" });
  assert.equal(await page.locator("video").count(), 0);

  // The same by keyboard.
  await card.locator("a.title").focus();
  await page.keyboard.press("ArrowLeft");
  await me.card("Sunrise over the Ridge").getByRole("radiogroup").waitFor();
}
