// A playlist: made, filled, put into another order by keyboard, played, and one of it taken away.
import assert from "node:assert/strict";
import { same, until } from "./world.mjs";

export default async function playlist(world) {
  const me = await world.person();
  const { page } = me;
  await me.go("/playlists");
  await page.getByRole("button", { name: "New playlist" }).first().click();
  await page.getByRole("textbox", { name: "Name of the playlist" }).fill("For rainy days");
  await page.getByRole("button", { name: "Create" }).click();
  await page.waitForURL(/\/playlists\/\d+$/);
  await page.getByText("Nothing in this playlist yet").waitFor();
  const id = Number(page.url().split("/").at(-1));
  const kept = async () => (await me.ask(`/playlists/${id}`)).items.map((entry) => entry.video.title);

  await me.visit("Library");
  for (const title of ["Summer 2", "Summer 10", "Winter Walk"]) {
    const card = me.card(title);
    await card.hover();
    await card.getByRole("button", { name: `More for ${title}` }).click();
    await page.getByRole("menuitem", { name: "Add to playlist" }).click();
    await page.getByRole("dialog").getByRole("button", { name: /^For rainy days/ }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  assert.deepEqual(await kept(), ["Summer 2", "Summer 10", "Winter Walk"]);

  await me.visit("Playlists");
  await page.getByRole("main").getByRole("link", { name: /^For rainy days/ }).click();
  const grips = page.getByRole("button", { name: /^Move “/ });
  await grips.nth(2).waitFor();
  await grips.first().focus();
  for (const order of [["Summer 10", "Summer 2", "Winter Walk"], ["Summer 10", "Winter Walk", "Summer 2"]]) {
    await page.keyboard.press("Alt+ArrowDown");
    await until(async () => same(await kept(), order), async () => `the order is ${await kept()}, not ${order}`);
  }
  await page.reload();
  await page.getByRole("button", { name: "Move “Winter Walk”, number 2" }).waitFor();

  await page.getByRole("button", { name: "More for Winter Walk" }).click();
  await page.getByRole("menuitem", { name: "Remove from playlist" }).click();
  await until(async () => same(await kept(), ["Summer 10", "Summer 2"]), "it is not taken away");
  await page.getByRole("link", { name: "Play all" }).click();
  await page.waitForURL(/\/watch\/.*playlist=/);
  await page.getByRole("heading", { level: 1, name: "Summer 10" }).waitFor();
}
