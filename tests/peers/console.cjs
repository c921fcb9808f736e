// Uses the console in a real browser as people do: asks, is refused, denies with a reason, proves who they are. Started by console.sh: node console.cjs <node_modules' folder> <the demo> [folder for pictures]
"use strict";
const assert = require("node:assert/strict");
const path = require("node:path");
const [, , node, demo, pictures] = process.argv;
const { chromium } = require(path.join(path.resolve(node), "node_modules", "playwright-core"));

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--force-color-profile=srgb"];
const faults = [];
const looks = require("./looks.cjs");

// A person with a page of their own, signed in. A `deaf` page is told nothing of what changes after it was opened.
async function arrive(browser, name, { deaf = false, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 900, height: 900 }, locale: "en-GB", timezoneId: "Europe/Berlin", ...options });
  const nothing = { status: 200, contentType: "text/event-stream", body: "retry: 86400000\n: nothing\n\n" };
  if (deaf) await context.route("**/events*", (route) => route.fulfill(nothing));
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(`${name}: ${error}`));
  page.on("console", (message) => message.type() === "error" && !/40[0-9]/.test(message.text()) && faults.push(`${name}: ${message.text()}`));
  await page.goto(demo);
  await comeIn(page, name);
  await page.locator(".composer").waitFor();
  return page;
}

const comeIn = (page, name) => page.locator(".people button", { hasText: name }).click();

const card = (page, code) => page.locator(`.card[data-code="${code}"]`);
const beside = (page, code) => page.locator(`.card[data-about="${code}"]`);
const status = (page, code, words) => card(page, code).locator(".status", { hasText: words }).waitFor();

async function say(page, text) {
  await page.fill("#say", text);
  await page.press("#say", "Enter");
}

// Asks, and gives the code of the request.
async function ask(page, text) {
  const before = await page.locator(".card[data-code]").count();
  await say(page, text);
  await page.waitForFunction((count) => document.querySelectorAll(".card[data-code]").length > count, before);
  return page.locator(".card[data-code]").last().getAttribute("data-code");
}

async function picture(page, name) {
  if (pictures) await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
}

const tests = {
  async "trust_c4: a refusal of a typed sentence is seen beside the card"({ erin }) {
    const code = await ask(erin, "access write on payments-api for 2 days ticket OPS-17 because rollout");
    await status(erin, code, "0 of 1");
    await say(erin, `approve ${code}`);
    await beside(erin, code).filter({ hasText: "their own request" }).waitFor();
    assert.equal(await card(erin, code).count(), 1, "the request's own card stands once");
    await picture(erin, "own-request");
    return code;
  },
  async "trust_c4: an extension that is too long says so, and the card stays"({ erin, ada }) {
    const code = await erin.locator(".card[data-code]").last().getAttribute("data-code");
    await card(ada, code).locator("button", { hasText: "Approve" }).click();
    await status(erin, code, "Active");
    await status(ada, code, "Active");
    await say(erin, `extend ${code} for 60 days`);
    await beside(erin, code).filter({ hasText: "than the rules allow" }).waitFor();
    await status(erin, code, "Active");
    await picture(erin, "extension-too-long");
  },
  async "trust_c4: what a press is refused is seen where it was pressed"({ browser, erin, ada }) {
    const code = await ask(erin, "access write on infra for 1 day ticket OPS-18 because the disk is full");
    // Ben's page does not hear of it: what he sees is out of date when he presses.
    const ben = await arrive(browser, "Ben", { deaf: true });
    await status(ben, code, "0 of 1");
    await card(ada, code).locator("button", { hasText: "Approve" }).click();
    await status(ada, code, "Active");
    await status(ben, code, "0 of 1");
    await card(ben, code).locator("button", { hasText: "Approve" }).click();
    await beside(ben, code).filter({ hasText: "nothing to decide here any more" }).waitFor();
    await status(ben, code, "Active");
    await picture(ben, "too-late");
    await ben.context().close();
  },
  async "trust_c4: a wrong token is said, a right one counts"({ erin, ada, ben }) {
    const code = await ask(erin, "access admin on web-shop for 1 hour ticket OPS-19 because the audit");
    const form = card(ada, code).locator("form:has([name=proof])");
    await form.locator("[name=proof]").fill("demo-approver2");
    await form.locator("button").click();
    await beside(ada, code).filter({ hasText: "not your token" }).waitFor();
    await status(ada, code, "0 of 2");
    await picture(ada, "wrong-token");
    await form.locator("[name=proof]").fill("demo-approver");
    await form.locator("button").click();
    await status(ada, code, "1 of 2");
    assert.equal(await beside(ada, code).count(), 0, "what was said before is out of date");
    await say(ada, `approve ${code}`);
    await beside(ada, code).filter({ hasText: "countersigned this already" }).waitFor();
    await card(ben, code).waitFor();
  },
  async "trust_c5: denying asks for the reason, and who asked reads it"({ erin, ada }) {
    const code = await ask(erin, "access write on web-shop for 3 hours ticket OPS-19 because of the sale");
    await card(ada, code).locator("summary", { hasText: "Deny" }).click();
    await picture(ada, "deny-why");
    await card(ada, code).locator("textarea").fill("not during the freeze");
    await card(ada, code).locator("details button").click();
    await status(ada, code, "Denied");
    await card(erin, code).filter({ hasText: "not during the freeze" }).waitFor();
    const other = await ask(erin, "access admin on infra for 4 hours ticket OPS-18 because of the disk");
    await status(ada, other, "0 of 2");
    await say(ada, `deny ${other}`);
    await ada.locator(".card", { hasText: `Why do you deny ${other}?` }).waitFor();
    await status(erin, other, "0 of 2");
    await picture(ada, "deny-asked-back");
  },
  async "trust_c8: an approver sees who wants what, why, ticket and change first"({ erin, ada }) {
    const code = await ask(erin, "access write on web-shop for 5 hours ticket OPS-19 because of the audit");
    await card(ada, code).waitFor();
    const title = await card(ada, code).locator("h2").textContent();
    assert.match(title, /Erin Employee asks for write on web-shop for 5 hours/);
    const labels = await card(ada, code).locator("dt").allTextContents();
    assert.deepEqual(labels.slice(0, 3), ["Why", "Ticket", "Holds already"]);
    assert.equal(await card(ada, code).locator("dd a").first().textContent(), "OPS-19", "the link is the key's text");
    await picture(ada, "request");
  },
  async "a link leads there after signing in, and nowhere else"({ browser, erin }) {
    const code = await ask(erin, "access write on web-shop for 6 hours ticket OPS-19 because of the audit");
    const stranger = await (await browser.newContext()).newPage();
    for (const address of [`/?request=${code}`, "/rules?version=1", "/me"]) {
      await stranger.goto(demo + address);
      await comeIn(stranger, "Erin");
      await stranger.waitForURL(demo + address);
      await stranger.locator("form[action='/sign-out'] button").click();
    }
    for (const hostile of ["//evil.example", "/\\evil.example", "/%2f%2fevil.example", "%2f%2fevil.example", "javascript:alert(1)"]) {
      await stranger.goto(`${demo}/me`);
      await stranger.locator("[name=next]").evaluate((field, next) => { field.value = next; }, hostile);
      await comeIn(stranger, "Erin");
      await stranger.waitForURL(`${demo}/`);
      await stranger.locator("form[action='/sign-out'] button").click();
    }
    await stranger.context().close();
  },
  async "what an address names and is not there is said"({ erin }) {
    for (const [address, says] of [["/?request=ZZZZZZ", "I know no request ZZZZZZ"], ["/rules?proposal=ZZZZZZ", "There is no proposal ZZZZZZ"], ["/rules?version=99", "There is no version 99"]]) {
      const answer = await erin.goto(demo + address);
      assert.equal(answer.status(), 404, address);
      await erin.locator("[role=alert]", { hasText: says }).waitFor();
    }
    assert.equal(await erin.locator("textarea").count(), 0, "who may not propose rules is shown no form for it");
    await erin.goto(demo);
  },
  async "by the keyboard alone: a field opens, is left, and is sent; and what changes is said"({ erin, ada }) {
    const code = await ask(erin, "access write on web-shop for 7 hours ticket OPS-19 because of the audit");
    const deny = card(ada, code).locator("summary");
    await deny.focus();
    await ada.keyboard.press("Enter");
    await ada.locator("textarea:focus").waitFor();
    await ada.keyboard.press("Escape");
    await ada.locator("summary:focus").waitFor();
    await ada.keyboard.press("Enter");
    await ada.locator("textarea:focus").waitFor();
    await ada.keyboard.type("not today");
    await ada.keyboard.press("Tab");
    await ada.keyboard.press("Enter");
    await status(ada, code, "Denied");
    await card(ada, code).and(ada.locator(":focus, :has(:focus)")).waitFor();
    await ada.locator("#news[role=status]", { hasText: "Denied" }).waitFor({ state: "attached" });
    await card(erin, code).filter({ hasText: "not today" }).waitFor();
    await erin.locator("#news[role=status]", { hasText: "Denied" }).waitFor({ state: "attached" });
  },
  async "what was typed comes back with who had to sign in again"({ browser }) {
    const page = await arrive(browser, "Rita");
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(`${demo}/me`);
    await elsewhere.locator("form[action='/sign-out'] button").click();
    await say(page, "who has write on infra?");
    await comeIn(page, "Rita");
    await page.locator(".composer").waitFor();
    assert.equal(await page.inputValue("#say"), "who has write on infra?");
    await page.context().close();
  },
  async "every page and form, on a phone and on a desk, by day and by night"({ browser, erin }) {
    const code = await ask(erin, "access read on archive for 3 hours because of the old invoices");
    const wrong = [];
    for (const [width, height] of [[390, 844], [1280, 800]]) {
      for (const colorScheme of ["light", "dark"]) {
        const where = `${width}-${colorScheme}`;
        const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce", locale: "en-GB", timezoneId: "Europe/Berlin" });
        const page = await context.newPage();
        const look = async (name) => {
          wrong.push(...(await looks.faults(page)).map((fault) => `${name} (${where}): ${fault}`));
          assert.equal(await page.evaluate(() => document.getAnimations().length), 0, "nothing moves for who wants that");
          await picture(page, `${name}-${where}`);
        };
        await page.goto(`${demo}/me`);
        await look("door");
        await comeIn(page, "Ben");
        await page.waitForURL(`${demo}/me`);
        await look("you");
        await page.goto(demo);
        await card(page, code).locator("summary").click();
        await page.locator("textarea:focus").waitFor();
        if (pictures) await page.screenshot({ path: path.join(pictures, `deny-${where}.png`) });
        await look("conversation");
        await say(page, "help");
        await page.locator(".card", { hasText: "my access" }).last().waitFor();
        await look("help");
        for (const name of ["/rules", "/rules?version=7", "/nowhere"]) {
          await page.goto(demo + name);
          await look(name.replace(/\W+/g, "-").slice(1));
        }
        await page.locator("body").waitFor();
        await context.clearCookies();
        await page.goto(demo);
        await comeIn(page, "Olga");
        await page.goto(`${demo}/rules`);
        await look("rules-admin");
        await context.close();
      }
    }
    assert.deepEqual(wrong, []);
  },
  async "it works without scripts, too"({ browser }) {
    const page = await arrive(browser, "Rita", { javaScriptEnabled: false });
    await say(page, "status ZZZZZZ");
    await page.locator(".card", { hasText: "I know no request ZZZZZZ" }).waitFor();
  },
};

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  const people = { browser, erin: await arrive(browser, "Erin"), ada: await arrive(browser, "Ada"), ben: await arrive(browser, "Ben") };
  Object.values(people).forEach((page) => page.setDefaultTimeout?.(15_000));
  for (const [name, test] of Object.entries(tests)) {
    await test(people);
    console.log(`ok: ${name}`);
  }
  await browser.close();
  assert.deepEqual(faults, [], "the page's own scripts have no faults");
}

main().catch((error) => { console.error(error); process.exit(1); });
