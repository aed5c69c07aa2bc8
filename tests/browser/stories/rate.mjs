// Stars by pointer and by key, shown at once, kept, and taken back when the server does not take them.
import { until } from "./world.mjs";

const rated = (me, title, wanted) => until(async () => (await me.video(title)).rating === wanted, `${title} has not ${wanted} stars`);

export default async function rate(world) {
  const me = await world.person();
  const { page } = me;
  await me.go("/library?sort=title");
  const card = me.card("Harbour at Dusk");
  await card.hover();
  await card.getByRole("radio", { name: "4 stars" }).click();
  await card.getByRole("radio", { name: "4 stars", checked: true }).waitFor();
  await rated(me, "Harbour at Dusk", 4);
  await page.reload();
  await card.getByText("4 stars").waitFor({ state: "attached" });

  await card.locator("a.title").focus();
  await page.keyboard.press("2");
  await rated(me, "Harbour at Dusk", 2);
  await page.keyboard.press("0");
  await rated(me, "Harbour at Dusk", undefined);

  // On the page of the video, where the same stars are.
  await card.locator("a.title").click();
  await page.getByRole("main").getByRole("radio", { name: "5 stars" }).first().click();
  await rated(me, "Harbour at Dusk", 5);
  await page.goBack();
  await card.getByText("5 stars").waitFor({ state: "attached" });

  me.excuse(/500|503/);
  await page.route("**/rating", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: '{"title": "On purpose", "status": 503}' }));
  await card.locator("a.title").focus();
  await page.keyboard.press("1");
  await page.getByText("“Harbour at Dusk” could not be rated.").waitFor();
  await card.getByText("5 stars").waitFor({ state: "attached" });
  await rated(me, "Harbour at Dusk", 5);
}
