// Dark and light: as the system says, until somebody chooses; then as chosen, from the first paint on.
import assert from "node:assert/strict";

const lightness = (page) =>
  page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
  });

export default async function theme(world) {
  const me = await world.person({ colorScheme: "light" });
  const { page } = me;
  await me.go("/settings");
  const light = await lightness(page);
  assert.ok(light > 200, `a light system gives ${light}`);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await lightness(page);
  assert.ok(dark < 60, `a dark system gives ${dark}`);

  await page.getByRole("radio", { name: "Light" }).check();
  assert.equal(await lightness(page), light);
  await page.reload();
  // The script of the head has spoken before anything is drawn.
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
  await page.getByRole("radio", { name: "Light", checked: true }).waitFor();
  assert.equal(await lightness(page), light);

  await page.getByRole("group", { name: "Theme" }).getByLabel("As the system").check();
  assert.equal(await lightness(page), dark);

  await page.getByRole("radio", { name: "Deutsch" }).check();
  await page.getByRole("heading", { level: 1, name: "Einstellungen" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "Einstellungen" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
}
