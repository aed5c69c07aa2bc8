// Somebody looks around: Home, the library in another order, a filter as a chip, a list, a folder.
import assert from "node:assert/strict";

export default async function browse(world) {
  const me = await world.person();
  const { page } = me;
  await me.go("/");
  await page.getByRole("region", { name: "Recently added" }).getByRole("listitem").nth(5).waitFor();

  await me.visit("Library");
  await page.getByText("6 videos", { exact: true }).waitFor();
  await page.getByRole("button", { name: /Sort$/ }).click();
  await page.getByRole("menuitemradio", { name: "Title" }).click();
  // By numbers, not by digits; and accents do not send a letter to the end.
  const byTitle = ["Café by the Station", "Harbour at Dusk", "Summer 2", "Summer 10", "Sunrise over the Ridge", "Winter Walk"];
  await me.shows(byTitle);
  assert.match(page.url(), /sort=title/);

  await page.getByRole("button", { name: "Filter" }).click();
  const filters = page.getByRole("complementary", { name: "Filter" });
  await filters.getByText("Family", { exact: true }).click();
  await me.shows(["Summer 2", "Summer 10", "Winter Walk"]);
  assert.match(page.url(), /folder=Family/);
  // The address is the whole state: it opens the same for somebody else.
  const other = await world.person({ colorScheme: "light" });
  await other.go(page.url());
  await other.shows(["Summer 2", "Summer 10", "Winter Walk"]);
  await page.getByRole("button", { name: /^Remove filter/ }).click();
  await me.shows(byTitle);
  await page.goBack();
  await me.shows(["Summer 2", "Summer 10", "Winter Walk"]);
  await page.goForward();
  await me.shows(byTitle);

  await page.getByRole("button", { name: "Show as a list" }).click();
  await me.shows(byTitle);
  await page.reload();
  await page.getByRole("button", { name: "Show as a grid" }).click();

  await page.getByRole("navigation", { name: "Library" }).getByRole("link", { name: "Folders" }).click();
  await page.getByRole("main").getByRole("link", { name: /^Travel/ }).click();
  await me.shows(["Café by the Station", "Harbour at Dusk"]);
}
