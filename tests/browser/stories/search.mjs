// Finding by a few letters, with suggestions, without accents.
import { until } from "./world.mjs";

export default async function search(world) {
  const me = await world.person();
  const { page } = me;
  await me.go("/");
  await page.keyboard.press("/");
  const field = page.getByRole("combobox", { name: "Search" });
  await field.pressSequentially("cafe");
  const offers = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await offers.filter({ hasText: "Café by the Station" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/watch/*");
  await page.getByRole("heading", { level: 1, name: "Café by the Station" }).waitFor();

  await field.click();
  await field.pressSequentially("fam");
  await offers.filter({ hasText: "Folder" }).click();
  await until(async () => (await me.titles()).length === 3, "the folder does not show three");

  await field.click();
  await field.fill("summ");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=summ");
  await until(async () => (await me.titles()).length === 2, "a prefix does not find both summers");
  await field.fill("nothing like this");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing found for “nothing like this”").waitFor();
}
