// What people leave behind in a library, by way of the API: stars, hearts, tags, playlists, half seen videos.

import assert from "node:assert/strict";

const tags = [
  ["outdoors", "#3f7d58", ["Sunrise over the Ridge", "Winter Walk", "Fjord", "The Long Valley", "Green Hours"]],
  ["holiday", "#c2702a", ["Summer 2", "Summer 10", "Harbour at Dusk", "Lavender Evening"]],
  ["city", "#4d6fb3", ["Café by the Station", "City without Sleep", "Skyline in Amber", "Neon Rain"]],
  ["to show grandma", undefined, ["First Snow", "Winter Walk"]],
];

export async function lived(me) {
  const send = async (method, path, data, headers) => {
    const answer = await me.context.request.fetch(`/api/v1${path}`, { method, ...(data === undefined ? {} : { data }), headers });
    assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.status() === 204 ? undefined : answer.json();
  };
  const { items } = await me.ask("/videos?limit=100&sort=title");
  const id = (title) => {
    const found = items.find((video) => video.title === title);
    assert.ok(found, `no ${title}`);
    return found.id;
  };
  for (const [at, video] of items.entries()) {
    if (at % 3 !== 1) await send("PUT", `/videos/${video.id}/rating`, { rating: 5 - ((at * 7) % 3) });
    for (let views = (at * 5) % 4; views > 0; views -= 1) await send("POST", `/videos/${video.id}/view`);
  }
  for (const title of ["Fjord", "Red Desert", "Summer 10", "Neon Rain", "Northern Lake", "Lavender Evening"]) {
    await send("PUT", `/videos/${id(title)}/favourite`, { favourite: true });
  }
  await send("PUT", `/videos/${id("Winter Walk")}/watched`, { watched: true });
  for (const [title, position] of [["Still Water", 9], ["Northern Lake", 12], ["City without Sleep", 23], ["Red Desert", 17]]) {
    await send("PUT", `/videos/${id(title)}/progress`, { position });
  }
  for (const [name, colour, titles] of tags) {
    for (const title of titles) await send("PUT", `/videos/${id(title)}/tags/${encodeURIComponent(name)}`);
    const tag = (await me.ask("/tags")).items.find((tag) => tag.name === name);
    if (colour) await send("PATCH", `/tags/${tag.id}`, { colour }, { "if-match": `"v${tag.version}"` });
  }
  for (const [name, titles] of [["For rainy days", ["Summer 2", "Lavender Evening", "Fjord", "Still Water", "Green Hours"]], ["Cities", ["Neon Rain", "Skyline in Amber", "City without Sleep", "Café by the Station"]]]) {
    const { id: playlist } = await send("POST", "/playlists", { name });
    await send("POST", `/playlists/${playlist}/items`, { videos: titles.map(id) });
  }
  return { id, playlist: (await me.ask("/playlists")).items[0].id };
}
