// Several at once: selected by click and with Shift, rated, tagged, and all of it taken back.
import assert from "node:assert/strict";
import { until } from "./world.mjs";

export default async function batch(world) {
  const me = await world.person();
  const { page } = me;
  await me.go("/library?sort=title");
  const pick = (index) => page.locator(`[data-index="${index}"] .pick`);
  const ratings = async () => (await me.ask("/videos?sort=title")).items.map((video) => video.rating ?? 0);
  await page.getByRole("button", { name: "Select", exact: true }).click();
  await pick(1).click();
  await pick(3).click({ modifiers: ["Shift"] });
  await page.getByText("3 selected").waitFor();

  const bar = page.getByRole("toolbar", { name: "Selection" });
  await bar.getByRole("button", { name: "Rating" }).click();
  await page.getByRole("menuitem", { name: "5 stars" }).click();
  await page.getByText("3 videos rated 5 of 5.").waitFor();
  assert.deepEqual(await ratings(), [0, 5, 5, 5, 0, 0]);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Undone.").waitFor();
  assert.deepEqual(await ratings(), [0, 0, 0, 0, 0, 0]);

  // All, also those that are not on the screen.
  await bar.getByRole("button", { name: "Select all 6" }).click();
  await page.getByText("6 selected").waitFor();
  await bar.getByRole("button", { name: "Edit tags" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Add a tag" }).fill("all of them");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Add tags" }).click();
  await page.getByText("6 videos tagged “all of them”.").waitFor();
  const tagged = async () => (await me.ask("/videos?sort=title")).items.filter((video) => video.tags.length).length;
  assert.equal(await tagged(), 6);
  await page.getByRole("button", { name: "Undo" }).last().click();
  await until(async () => (await tagged()) === 0, "the tags are not taken back");
  await bar.getByRole("button", { name: "Clear selection" }).click();
  await bar.waitFor({ state: "detached" });
}
