// Runs a request through the demo and takes pictures of its cards: what an approver sees in each chat and on the page. Started by pictures.sh: node pictures.cjs <node_modules' folder> <the demo> <folder>.
"use strict";
const path = require("node:path");
const [, , node, demo, folder] = process.argv;
const { chromium } = require(path.join(path.resolve(node), "node_modules", "playwright-core"));

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--force-color-profile=srgb"];
const ASKED = "access write on payments-api for 2 days ticket OPS-17 because rollout of the new checkout";
// So wide that a card is as wide as in the vendors' own windows.
const WIDE = { width: 2400, height: 1240 };
const CARD = /write on payments-api/;

// Takes one picture of what a selector names, in both colour schemes.
async function picture(page, name, selector) {
  for (const scheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    const file = path.join(folder, scheme === "dark" ? `${name}-dark.png` : `${name}.png`);
    // The page may be drawing itself anew at this very moment.
    const taken = () => page.locator(selector).first().screenshot({ path: file });
    await taken().catch(taken);
  }
}

async function say(page, column, text) {
  await page.fill(`#${column} form input`, text);
  await page.click(`#${column} form button`);
}

const become = (page, who) => page.selectOption("#person", who);
const card = (page, column, words) => page.locator(`#${column} li`, { hasText: CARD }).filter({ hasText: words });

async function main() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  const context = await browser.newContext({ viewport: WIDE, locale: "en-GB", timezoneId: "Europe/Berlin" });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(`${demo}/_sandbox/chats`);
  await become(page, "demo-employee");
  await say(page, "slack", ASKED);
  await card(page, "slack", "0 of 1").first().waitFor();
  await become(page, "demo-approver");
  for (const column of ["slack", "teams", "discord", "web"]) await card(page, column, "0 of 1").first().waitFor();
  for (const column of ["slack", "teams", "discord"]) await picture(page, column, `#${column} li:has(.buttons)`);

  const console_ = await context.newPage();
  await console_.setViewportSize({ width: 880, height: 700 });
  await console_.goto(demo);
  await console_.locator("button", { hasText: "Ada" }).first().click();
  await console_.locator("article").first().waitFor();
  await picture(console_, "console", "article");

  await card(page, "discord", "0 of 1").first().locator("button", { hasText: "Approve" }).click();
  await become(page, "demo-employee");
  for (const column of ["slack", "web"]) await card(page, column, "Countersigned by").filter({ hasText: "active" }).first().waitFor();
  await browser.close();
  if (faults.length) throw new Error(faults.join("\n"));
}

main().catch((error) => { console.error(error); process.exit(1); });
