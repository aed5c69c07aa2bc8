// On a phone: a long touch wakes a card and keeps it awake, a short one plays, and the player understands fingers.
import assert from "node:assert/strict";
import { plays } from "./watch.mjs";
import { until } from "./world.mjs";

export default async function touch(world) {
  const me = await world.person({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const { page } = me;
  await until(async () => (await me.video("Winter Walk")).preview, "no preview was made");
  await me.go("/library?sort=title");
  const card = me.card("Winter Walk");
  await card.scrollIntoViewIfNeeded();
  await me.pictures();
  const finger = await me.context.newCDPSession(page);
  const middle = async (place, across = 0.5, down = 0.5) => {
    const box = await place.boundingBox();
    return { x: box.x + box.width * across, y: box.y + box.height * down };
  };
  const down = (point) => finger.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
  const up = () => finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });

  await down(await middle(card.locator(".picture")));
  await card.locator("video.ready").waitFor();
  await up();
  // It stays, so that the other hand can give stars.
  await page.waitForFunction(() => document.querySelector(".card video")?.currentTime > 0.3);
  assert.equal(new URL(page.url()).pathname, "/library", "the long touch played the video");
  await me.answered("PUT", /\/rating$/, () => card.getByRole("radio", { name: "4 stars" }).tap());
  await card.locator("video").waitFor();
  const elsewhere = await middle(page.getByRole("heading", { level: 1 }));
  await page.touchscreen.tap(elsewhere.x, elsewhere.y);
  await card.locator("video").waitFor({ state: "detached" });

  // A short touch plays.
  const short = await middle(card.locator(".picture"), 0.5, 0.4);
  await page.touchscreen.tap(short.x, short.y);
  await page.waitForURL("**/watch/*");
  await plays(page);
  // Twice at the right goes on by ten seconds, and fills no screen.
  const time = () => page.evaluate(() => document.querySelector(".host video").currentTime);
  const stage = page.locator(".stage");
  const right = await middle(stage, 0.85, 0.4);
  const from = await time();
  await page.touchscreen.tap(right.x, right.y);
  await page.touchscreen.tap(right.x, right.y);
  await until(async () => (await time()) > from + 9, "the double tap did not go on");
  assert.equal(await page.evaluate(() => document.fullscreenElement), null);
}
