// Tags: given, found by, renamed and coloured, merged, deleted.
import assert from "node:assert/strict";
import { until } from "./world.mjs";

export default async function tag(world) {
  const me = await world.person();
  const { page } = me;
  await me.go("/library?sort=title");
  await give(me, "Summer 2", ["holiday", "seaside"]);
  await give(me, "Summer 10", ["holiday"]);
  await give(me, "Winter Walk", ["vacation"]);
  await until(async () => (await me.video("Summer 2")).tags.length === 2, "the tags are not kept");

  await me.visit("Tags");
  const main = page.getByRole("main");
  await main.getByRole("link", { name: /^holiday 2 videos/ }).waitFor();
  await change(page, "holiday", "Rename and colour");
  await page.getByRole("textbox", { name: "Name" }).fill("Holidays");
  await page.getByRole("radio", { name: "Colour 6" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await main.getByRole("link", { name: /^Holidays 2 videos/ }).waitFor();
  await until(async () => (await me.ask("/tags")).items.some((tag) => tag.name === "Holidays" && tag.colour), "the colour is not kept");

  await change(page, "vacation", "Merge");
  await page.getByRole("combobox", { name: "Into" }).selectOption({ label: "Holidays" });
  await page.getByRole("dialog").getByRole("button", { name: "Merge" }).click();
  await main.getByRole("link", { name: /^Holidays 3 videos/ }).waitFor();
  assert.equal(await main.getByRole("link", { name: /^vacation/ }).count(), 0);

  await change(page, "seaside", "Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await main.getByRole("link", { name: /^seaside/ }).waitFor({ state: "detached" });

  await main.getByRole("link", { name: /^Holidays/ }).click();
  await page.getByRole("button", { name: "Remove filter Holidays" }).waitFor();
  await until(async () => (await me.titles()).length === 3, "the filter by tag does not show three");
}

async function give(me, title, names) {
  const { page } = me;
  await me.card(title).locator("a.title").focus();
  await page.keyboard.press("t");
  const dialog = page.getByRole("dialog", { name: `Tags of “${title}”` });
  const { id } = await me.video(title);
  for (const name of names) {
    await dialog.getByRole("combobox", { name: "Add a tag" }).fill(name);
    await me.answered("PUT", new RegExp(`/videos/${id}/tags/${name}$`), () => page.keyboard.press("Enter"));
    await dialog.getByRole("button", { name: `Remove tag ${name}` }).waitFor();
  }
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
}

async function change(page, name, how) {
  await page.getByRole("button", { name: `Change tag ${name}`, exact: true }).click();
  await page.getByRole("menuitem", { name: how }).click();
  await page.getByRole("dialog").waitFor();
}
