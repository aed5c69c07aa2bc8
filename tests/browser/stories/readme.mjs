// The picture of the README: Home in the dark theme.
import { lived } from "./lived.mjs";

export default async function readme(world) {
  const me = await world.person({ reducedMotion: "reduce" });
  await lived(me);
  await me.go("/");
  await me.page.locator(".shelf .card").first().waitFor();
  await me.pictures();
  await me.page.evaluate(() => Promise.all([...document.images].map((image) => image.decode().catch(() => undefined))));
  await me.page.screenshot({ path: world.file, type: "jpeg", quality: 84 });
}
