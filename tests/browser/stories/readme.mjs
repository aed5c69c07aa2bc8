// The picture of the README: Home in the dark theme.
import { lived } from "./lived.mjs";

export default async function readme(world) {
  const me = await world.person({ reducedMotion: "reduce" });
  await lived(me);
  await me.go("/");
  await me.page.locator(".shelf .card").first().waitFor();
  await me.pictures();
  // What is on the screen; others are not loaded before somebody goes there.
  await me.page.waitForFunction(() =>
    [...document.images].every((image) => image.getBoundingClientRect().top > innerHeight || image.getBoundingClientRect().left > innerWidth || (image.complete && image.naturalWidth > 0)),
  );
  await me.page.screenshot({ path: world.file, type: "jpeg", quality: 84 });
}
