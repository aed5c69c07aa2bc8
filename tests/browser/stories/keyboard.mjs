// From Home to a playing video, and back, without a pointer.
import assert from "node:assert/strict";
import { plays } from "./watch.mjs";

export default async function keyboard(world) {
  const me = await world.person();
  const { page } = me;
  const at = () => page.evaluate(() => document.activeElement?.getAttribute("title") ?? document.activeElement?.textContent?.trim());
  await me.go("/");
  await page.getByRole("region", { name: "Recently added" }).getByRole("listitem").nth(5).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await at(), "Skip to the content");
  await page.keyboard.press("Enter");
  // Tab goes to the shelf as a whole; the arrow keys go along it.
  const inShelf = () => page.evaluate(() => document.activeElement?.matches(".shelf a.title"));
  for (let steps = 0; !(await inShelf()); steps += 1) {
    assert.ok(steps < 12, `after ${steps} steps no card has the focus, but “${await at()}”`);
    await page.keyboard.press("Tab");
  }
  const first = await at();
  await page.keyboard.press("ArrowRight");
  const second = await at();
  assert.notEqual(second, first);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/watch/*");
  await page.getByRole("heading", { level: 1, name: second }).waitFor();
  await plays(page);
  await page.keyboard.press(" ");
  await page.waitForFunction(() => document.querySelector(".host video").paused);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys of the player" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await page.waitForURL("**/library");
  await me.card(first).waitFor();
  await page.keyboard.press("ArrowDown");
  const index = () => page.evaluate(() => Number(document.activeElement?.closest("[data-index]")?.dataset.index ?? -1));
  await page.waitForFunction(() => document.activeElement?.closest("[data-index='0']"));
  await page.keyboard.press("ArrowRight");
  assert.equal(await index(), 1);
  // In two dimensions: the next row is as many on as there are columns.
  await page.setViewportSize({ width: 820, height: 900 });
  await page.waitForFunction(() => {
    const top = (index) => document.querySelector(`[data-index="${index}"]`)?.getBoundingClientRect().top;
    return top(0) !== undefined && top(0) < top(4);
  });
  await page.keyboard.press("ArrowDown");
  assert.ok((await index()) > 2, `one row down is number ${await index()}`);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/watch/*");
  await page.goBack();
  await page.waitForURL("**/library");
}
