// Tells a story of somebody who uses the pages, in a real browser against a real server.
//
//   node tell.mjs hover '{"base": "http://127.0.0.1:9000", "media": "/videos", "spare": "/tmp", "shots": "/tmp/shots"}'
//
// Ends with 0 if it went as told and nothing went wrong beside it; else says what did, and leaves
// pictures of the pages as they are then.

import { World } from "./world.mjs";

const [name, plan] = process.argv.slice(2);
if (!/^[a-z]+$/.test(name ?? "")) throw new Error("say which story, by the name of its file");
const { default: story } = await import(`./${name}.mjs`);
const world = new World(JSON.parse(plan));
await world.open();
try {
  await story(world);
} catch (error) {
  console.log(`${name}: ${error.stack}`);
  await world.remember(name);
  process.exitCode = 1;
} finally {
  await world.close();
}
for (const finding of new Set(world.findings())) {
  console.log(`${name}: beside the story: ${finding}`);
  process.exitCode = 1;
}
process.exit();
