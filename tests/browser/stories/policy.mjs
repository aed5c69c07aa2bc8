// The policy lets in what is Vidicon's own, and the browser holds it against everything else.
import assert from "node:assert/strict";

export default async function policy(world) {
  const me = await world.person();
  const { page } = me;
  for (const path of ["/", "/library", "/watch/x", "/admin", "/settings"]) {
    const answer = await me.context.request.get(path, { headers: { accept: "text/html" } });
    const rules = (answer.headers()["content-security-policy"] ?? "").split(/;\s*/);
    for (const rule of ["default-src 'self'", "script-src 'self'", "style-src 'self'"]) {
      assert.ok(rules.includes(rule), `${path}: no ${rule} in ${rules}`);
    }
    assert.ok(!rules.some((rule) => /unsafe|\*/.test(rule)), `${path}: ${rules}`);
  }
  await me.go("/");
  // From here on the breaches are on purpose.
  me.excuse(/Content Security Policy|violates the following/);
  const breached = await page.evaluate(async () => {
    const seen = [];
    addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
    const script = document.createElement("script");
    script.textContent = "window.hacked = 1";
    const image = document.createElement("div");
    image.innerHTML = '<img src="/nowhere-at-all" onerror="window.hacked = 2" style="width: 1px">';
    const frame = document.createElement("iframe");
    frame.src = "data:text/html,hello";
    document.body.append(script, frame);
    await new Promise((resolve) => {
      const done = () => (seen.some((rule) => rule.startsWith("script-src")) ? resolve() : setTimeout(done, 10));
      done();
    });
    // What the debugger runs itself may evaluate text; what runs later is the page's own.
    let evil = "refused";
    try {
      evil = new Function("return 1")();
    } catch {
      // As it should be.
    }
    return { seen, evil, hacked: window.hacked };
  });
  assert.equal(breached.evil, "refused");
  assert.equal(breached.hacked, undefined);
  assert.ok(breached.seen.length >= 2, JSON.stringify(breached));
}
