// What every story is told with: people, each with a browser of their own, and what must never happen
// to any of them: a message of the console, an answer of 4xx or 5xx, a breach of the policy.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// How long anything may take that is done at once on an idle machine.
export const patience = 40_000;

export class World {
  #browser;
  #people = [];

  // `plan`: where the server is (`base`), the media folder (`media`), files that may be moved into it
  // (`spare`), and where pictures go (`shots`).
  constructor(plan) {
    Object.assign(this, plan);
  }

  async open() {
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    this.#browser = await chromium.launch({ executablePath, args: flags });
  }

  // Somebody new, who has never been here.
  async person(options = {}) {
    const context = await this.#browser.newContext({
      baseURL: this.base,
      viewport: { width: 1440, height: 900 },
      locale: "en-GB",
      colorScheme: "dark",
      ...options,
    });
    context.setDefaultTimeout(patience);
    const person = new Person(context, await context.newPage());
    this.#people.push(person);
    return person;
  }

  // What went wrong beside the story, for everybody.
  findings() {
    return this.#people.flatMap((person) => person.findings);
  }

  // Draws what everybody sees, for whoever wants to know why a story failed.
  async remember(name) {
    for (const [at, { page }] of this.#people.entries()) {
      await page.screenshot({ path: join(this.shots, `failed-${name}-${at + 1}.png`), timeout: 10_000 }).catch(() => undefined);
    }
  }

  async close() {
    const late = new Promise((resolve) => setTimeout(resolve, 10_000));
    await Promise.race([this.#browser.close(), late]);
  }
}

export class Person {
  findings = [];
  requests = [];
  #excused = [];

  constructor(context, page) {
    this.context = context;
    this.page = page;
    const find = (text) => {
      if (!this.#excused.some((words) => words.test(text))) this.findings.push(text);
    };
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) find(`console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => find(`script: ${error.message}`));
    page.on("dialog", (dialog) => {
      find(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      this.requests.push({ method: request.method(), path: url.pathname, url: url.pathname + url.search });
    });
    page.on("response", (response) => {
      const { pathname, search } = new URL(response.url());
      if (response.status() >= 400) find(`${response.status()}: ${response.request().method()} ${pathname}${search}`);
    });
    page.on("requestfailed", (request) => {
      // What a page does not want any more when it is left is no failure.
      const why = request.failure()?.errorText ?? "";
      if (why !== "net::ERR_ABORTED") find(`${why}: ${request.url()}`);
    });
  }

  // What this story brings about on purpose.
  excuse(words) {
    this.#excused.push(words);
  }

  async go(path) {
    await this.page.goto(path);
    await this.page.locator("main h1").first().waitFor({ state: "attached" });
  }

  // Goes where a link of the top bar leads.
  async visit(name) {
    await this.page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
    await this.page.getByRole("heading", { level: 1, name }).waitFor({ state: "attached" });
  }

  // The card (or line) of a video.
  card(title) {
    return this.page.locator(".card", { has: this.page.locator("a.title", { hasText: exactly(title) }) });
  }

  // The titles on the page, in their order.
  async titles() {
    const cells = await this.page.locator("[data-index]").evaluateAll((cells) =>
      cells
        .filter((cell) => cell.querySelector("[data-main]"))
        .sort((a, b) => Number(a.dataset.index) - Number(b.dataset.index))
        .map((cell) => cell.querySelector("[data-main]").title || cell.querySelector("[data-main]").textContent.trim()),
    );
    return cells;
  }

  // Waits until the titles are these.
  async shows(titles) {
    await until(async () => same(await this.titles(), titles), async () => `the list has ${JSON.stringify(await this.titles())}, not ${JSON.stringify(titles)}`);
  }

  // What the API answers, asked as this person.
  async ask(path) {
    const answer = await this.context.request.get(`/api/v1${path}`);
    assert.equal(answer.status(), 200, `${path}: ${await answer.text()}`);
    return answer.json();
  }

  async video(title) {
    const { items } = await this.ask("/videos?limit=100&hidden=all");
    const found = items.find((video) => video.title === title);
    assert.ok(found, `no video ${title} among ${items.map((video) => video.title)}`);
    return found;
  }

  // Waits for an answer to what `doing` brings about.
  async answered(method, path, doing) {
    const wanted = (response) => response.request().method() === method && path.test(new URL(response.url()).pathname);
    const [response] = await Promise.all([this.page.waitForResponse(wanted), doing()]);
    assert.ok(response.ok(), `${method} ${response.url()}: ${response.status()}`);
    return response;
  }

  // What axe finds on the page as it is.
  async breaches() {
    const session = await this.context.newCDPSession(this.page);
    const tags = JSON.stringify(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
    // By the debugger, as the policy of the page lets no other script in.
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
      expression: `${axe}; axe.run(document, { runOnly: ${tags} }).then((report) => JSON.stringify(report.violations.map((v) =>
        [v.id, v.impact, v.nodes.length + "x", v.nodes[0].html.slice(0, 200), v.nodes[0].any[0]?.message ?? ""].join(" | "))))`,
      awaitPromise: true,
    });
    await session.detach();
    assert.ok(!exceptionDetails, JSON.stringify(exceptionDetails));
    return JSON.parse(result.value);
  }

  // Waits until every picture in view is there to be seen, and there is at least one where `some`. Others
  // are not loaded before somebody goes there.
  async pictures(some = true) {
    await this.page.waitForFunction(
      (some) => {
        const inView = (image) => {
          let { top, right, bottom, left } = image.getBoundingClientRect();
          [top, right, bottom, left] = [Math.max(top, 0), Math.min(right, innerWidth), Math.min(bottom, innerHeight), Math.max(left, 0)];
          for (let around = image.parentElement; around; around = around.parentElement) {
            if (getComputedStyle(around).overflow === "visible") continue;
            const edge = around.getBoundingClientRect();
            [top, right, bottom, left] = [Math.max(top, edge.top), Math.min(right, edge.right), Math.min(bottom, edge.bottom), Math.max(left, edge.left)];
          }
          return bottom > top && right > left && image.checkVisibility();
        };
        const images = [...document.images].filter(inView);
        // One that is broken is complete as well, and has no width.
        return (!some || images.length > 0) && images.every((image) => image.complete && image.naturalWidth > 0);
      },
      some,
    );
  }
}

export function exactly(text) {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);
}

export function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

// Waits until `is` says yes.
export async function until(is, complaint, limit = patience) {
  const end = Date.now() + limit;
  while (!(await is())) {
    if (Date.now() > end) assert.fail(typeof complaint === "function" ? await complaint() : complaint);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
