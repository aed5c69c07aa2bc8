// From the sofa: four arrows, OK and Back, and nothing else.
import assert from "node:assert/strict";
import { plays } from "./watch.mjs";

export default async function remote(world) {
  const me = await world.person();
  const { page } = me;
  const title = () => page.evaluate(() => document.activeElement?.matches("[data-main]") ? document.activeElement.title : "");
  // What televisions call it; the driver's keyboard does not have the key.
  const back = () => page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "GoBack", bubbles: true, cancelable: true })));
  const press = async (key, is, most = 8) => {
    for (let times = 0; times < most; times += 1) {
      if (await page.evaluate(is)) return;
      await page.keyboard.press(key);
    }
    assert.ok(await page.evaluate(is), `after ${most} times ${key} the focus is on ${await page.evaluate(() => document.activeElement.outerHTML.slice(0, 160))}`);
  };
  const inShelf = `document.activeElement.matches(".shelf a.title")`;

  await me.go("/");
  await page.getByRole("region", { name: "Recently added" }).getByRole("listitem").nth(5).waitFor();
  await press("ArrowDown", inShelf);
  const first = await title();
  await page.keyboard.press("ArrowRight");
  const second = await title();
  assert.notEqual(second, first);
  // Down to the next shelf and up again: to what lies there, not to the beginning of the page.
  await press("ArrowDown", `document.activeElement.matches("[data-main]:not(.title)")`);
  await press("ArrowUp", inShelf);
  const chosen = await title();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/watch/*");
  await plays(page);
  // OK shows the controls, the arrows go along them and out of them.
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.closest(".bar"));
  await press("ArrowDown", `!document.activeElement.closest(".stage") && document.activeElement.closest("main") && document.activeElement.matches("a, button")`);
  await press("ArrowUp", `document.activeElement.closest(".stage") !== null`);
  await back();
  await page.waitForURL((url) => url.pathname === "/");
  await page.waitForFunction((wanted) => document.activeElement.title === wanted, chosen);

  // In the library: up from the first row to the tabs, and down again.
  await me.visit("Library");
  await me.card(first).waitFor();
  await press("ArrowDown", `document.activeElement.closest("[data-index='0']") !== null`);
  await press("ArrowUp", `document.activeElement.closest("nav") !== null`);
  await press("ArrowDown", `document.activeElement.closest("[data-index]") !== null`);
  // A menu and a dialog are left by Back, and the page stays.
  await page.keyboard.press("m");
  await page.getByRole("menu").waitFor();
  await back();
  await page.getByRole("menu").waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await back();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).pathname, "/library");
}
