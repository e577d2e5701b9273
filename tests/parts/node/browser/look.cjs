// Looks at pages in headless Chromium and writes what it found as JSON to stdout.
// Usage: node look.cjs PICTURES-FOLDER NAME=FILE...
"use strict";
const { existsSync, readFileSync } = require("node:fs");
const { delimiter, join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [320, 768, 1280];
const SERIOUS = ["serious", "critical"];

async function main([pictures, ...pages]) {
  const browser = await chromium.launch({
    executablePath: inPath("chromium"),
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  try {
    const looked = [];
    for (const page of pages) {
      const at = page.indexOf("=");
      looked.push(await look(browser, page.slice(0, at), page.slice(at + 1), pictures, looked.length === 0));
    }
    process.stdout.write(JSON.stringify(looked));
  } finally {
    await browser.close();
  }
}

function inPath(program) {
  const found = process.env.PATH.split(delimiter).map((folder) => join(folder, program)).find(existsSync);
  if (!found) throw new Error(`there is no ${program} in PATH`);
  return found;
}

async function look(browser, name, file, pictures, isFirst) {
  const url = pathToFileURL(file).href;
  const looked = { name, console: [], requests: [], findings: [], rulesHeld: 0, tooWide: [], wrong: [] };
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  await context.route("**/*", (route) => (route.request().url() === url ? route.continue() : route.abort()));
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("console", (message) => looked.console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => looked.console.push(`uncaught: ${error}`));
  page.on("request", (request) => request.url() === url || looked.requests.push(request.url()));

  const began = performance.now();
  await page.goto(url, { waitUntil: "load" });
  await frame(page);
  looked.loadMs = performance.now() - began;
  Object.assign(looked, await timeOfSorting(page));
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) looked.tooWide.push(width);
  }
  // What holds for a hundred rows holds for thousands, which would take long.
  if (looked.rows < 1_000) await closely(page, looked, join(pictures, name), isFirst);
  await context.close();
  return looked;
}

// The first page by every column and in every form; the others are made by the same code.
async function closely(page, looked, picture, isFirst) {
  await page.reload({ waitUntil: "load" });
  looked.wrong = await byKeyboard(page, isFirst);
  await page.reload({ waitUntil: "load" });
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${picture}-${colorScheme}.png`, fullPage: true });
    await inspect(page, colorScheme, looked);
  }
  if (!isFirst) return;
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 360, height: 800 });
  await page.screenshot({ path: `${picture}-narrow.png`, fullPage: true });
  await page.pdf({ path: `${picture}.pdf`, preferCSSPageSize: true, format: "A4" });
}

// axe-core is evaluated in the page by the debugger, which its policy does not bind.
async function inspect(page, colorScheme, looked) {
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  looked.rulesHeld += passes.length;
  for (const { id, impact, nodes } of violations) {
    if (!SERIOUS.includes(impact)) continue;
    looked.findings.push(`${colorScheme}: ${impact}: ${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }
}

const frame = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));

// The time of a sort of the longest table, as it is and with the rows that its button adds.
async function timeOfSorting(page) {
  const rows = await page.evaluate(() => {
    const tables = [...document.querySelectorAll("table")].sort((a, b) => b.rows.length - a.rows.length);
    tables[0]?.setAttribute("data-longest", "");
    return tables[0]?.tBodies[0].rows.length ?? 0;
  });
  if (rows === 0) return { rows, sortMs: 0, sortMoreMs: 0 };
  const once = async () => {
    const began = performance.now();
    await page.locator("[data-longest] thead button").first().press("Enter");
    await frame(page);
    return performance.now() - began;
  };
  const sortMs = await once();
  const more = page.locator(".tools:has(+ .scroll > [data-longest]) button");
  if (await more.count()) await more.press("Enter");
  await frame(page);
  const sortMoreMs = await once();
  return { rows, sortMs, sortMoreMs };
}

// Everything that somebody without a mouse does, and what came of it that should not have.
async function byKeyboard(page, everyColumn) {
  const wrong = [];
  const check = (holds, what) => holds || wrong.push(what);
  await page.keyboard.press("Tab");
  check(await page.evaluate(() => document.activeElement.matches(".skip")), "the first stop is no skip link");
  await page.keyboard.press("Enter");
  check(await page.evaluate(() => document.activeElement.id === "main"), "the skip link does not lead to the report");

  const wanted = await page.evaluate(() => {
    const levels = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((head) => Number(head.tagName[1]));
    return {
      oneH1: levels.filter((level) => level === 1).length === 1,
      inOrder: levels.every((level, at) => level <= (levels[at - 1] ?? 0) + 1),
      charts: [...document.querySelectorAll("svg[role=img]")].every((svg) => svg.getAttribute("aria-labelledby").split(" ").every((id) => document.getElementById(id)?.textContent)),
      tables: [...document.querySelectorAll("table")].every((table) => table.caption && [...table.querySelectorAll("th")].every((head) => head.scope)),
      regions: [...document.querySelectorAll(".scroll")].every((region) => region.tabIndex === 0 && region.getAttribute("aria-labelledby")),
      scripts: document.scripts.length === 1 && !document.querySelector("[onclick],[onload],[onerror],[style],iframe,img,link,object,base,form"),
      ids: new Set([...document.querySelectorAll("[id]")].map((node) => node.id)).size === document.querySelectorAll("[id]").length,
    };
  });
  for (const [what, holds] of Object.entries(wanted)) check(holds, `not as it should be: ${what}`);

  for (const id of everyColumn ? ["groups", "stops-table"] : []) {
    if (await page.locator(`#${id}`).count()) wrong.push(...(await sortsByKeyboard(page, id)));
  }
  return wrong;
}

async function sortsByKeyboard(page, id) {
  const wrong = [];
  const heads = page.locator(`#${id} thead button`);
  for (let column = 0; column < (await heads.count()); column++) {
    for (const key of ["Enter", " "]) {
      await heads.nth(column).focus();
      await page.keyboard.press(key);
      const state = await page.evaluate(([id, column]) => {
        const table = document.getElementById(id);
        const cells = [...table.tBodies[0].rows].map((row) => row.cells[column]);
        const numbers = cells.every((cell) => isFinite(cell.dataset.k ?? "x"));
        const keys = cells.map((cell) => cell.dataset.k ?? cell.textContent);
        const known = keys.filter((key) => key !== "");
        const how = table.tHead.rows[0].cells[column].getAttribute("aria-sort");
        const sign = { ascending: 1, descending: -1 }[how] ?? 0;
        const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
        const by = numbers ? (a, b) => a - b : compare;
        return {
          how,
          sorted: sign !== 0 && known.every((key, at) => at === 0 || sign * by(known[at - 1], key) <= 0),
          unknownLast: keys.slice(0, known.length).every((key) => key !== ""),
          others: [...table.tHead.rows[0].cells].filter((cell) => cell.ariaSort !== "none").length === 1,
          said: document.getElementById("said").textContent,
          focused: document.activeElement.closest("th") === table.tHead.rows[0].cells[column],
        };
      }, [id, column]);
      for (const what of ["sorted", "unknownLast", "others", "focused"]) {
        if (!state[what]) wrong.push(`${id}, column ${column}, ${state.how}: not ${what}`);
      }
      if (!state.said.endsWith(state.how)) wrong.push(`${id}, column ${column}: a sort is not told: ${state.said}`);
    }
  }
  return wrong;
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
