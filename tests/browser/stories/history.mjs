// What was watched is found again, the newest first, by day; another browser sees it come.
import assert from "node:assert/strict";
import { plays } from "./watch.mjs";
import { same, until } from "./world.mjs";

export default async function history(world) {
  const me = await world.person();
  const { page } = me;
  await me.go("/history");
  await page.getByRole("heading", { name: "Nothing watched yet" }).waitFor();

  const other = await world.person();
  await other.go("/history");
  const watch = async (title) => {
    await me.go(`/watch/${(await me.video(title)).id}`);
    await plays(page);
    await page.waitForFunction(() => document.querySelector(".host video").currentTime > 1);
    await me.answered("PUT", /\/progress$/, () => page.keyboard.press("k"));
  };
  await watch("Summer 2");
  await watch("Winter Walk");

  // Where somebody would look for it.
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "History" }).click();
  await page.getByRole("heading", { level: 2, name: "Today" }).waitFor();
  const titles = () => page.locator("main li a[data-main]").evaluateAll((links) => links.map((link) => link.title));
  await until(async () => same(await titles(), ["Winter Walk", "Summer 2"]), async () => `the history has ${JSON.stringify(await titles())}`);
  await page.getByText(/^Watched up to 0:00:0\d/).first().waitFor();
  assert.deepEqual(await me.breaches(), []);
  await other.page.getByRole("link", { name: /Winter Walk/ }).waitFor();

  await page.getByRole("link", { name: /Summer 2/ }).click();
  await page.getByRole("heading", { level: 1, name: "Summer 2" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "History" }).waitFor();
}
