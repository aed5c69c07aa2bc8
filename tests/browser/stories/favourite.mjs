// A heart, by pointer and by key, and the page of what has one.
import { until } from "./world.mjs";

export default async function favourite(world) {
  const me = await world.person();
  const { page } = me;
  await me.go("/favorites");
  await page.getByText("No favourites yet").waitFor();
  await page.getByRole("main").getByRole("link", { name: "Go to the library" }).click();
  const card = me.card("Winter Walk");
  await card.hover();
  await card.getByRole("button", { name: "Favourite" }).click();
  await card.getByRole("button", { name: "Favourite", pressed: true }).waitFor();
  await me.card("Summer 2").locator("a.title").focus();
  await page.keyboard.press("f");
  await until(async () => (await me.video("Summer 2")).favourite, "the heart is not kept");

  await me.visit("Favourites");
  await until(async () => (await me.titles()).length === 2, "there are not two favourites");
  await page.reload();
  await card.waitFor();
  await card.hover();
  await card.getByRole("button", { name: "Favourite", pressed: true }).click();
  await until(async () => !(await me.video("Winter Walk")).favourite, "the heart is not taken away");
  await page.reload();
  await me.shows(["Summer 2"]);
}
