"use strict";
// Tables are whole without this script; it makes them sortable, long ones searchable.
const said = document.getElementById("said");
const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;

function keys(rows, column, number) {
  return rows.map((row) => {
    const cell = row.cells[column];
    const key = cell.dataset.k ?? cell.textContent;
    if (key === "") return { row, key: null };
    return { row, key: number ? Number(key) : key };
  });
}

// What is not known comes last in both directions.
function order(number, sign) {
  const by = number ? (a, b) => a - b : compare;
  return (a, b) => {
    if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
    return sign * by(a.key, b.key);
  };
}

function sort(table, head, column) {
  const body = table.tBodies[0];
  const number = body.rows[0].cells[column].dataset.k !== undefined && [...body.rows].every((row) => isFinite(row.cells[column].dataset.k ?? "x"));
  const was = head.getAttribute("aria-sort");
  const first = number ? "descending" : "ascending";
  const other = number ? "ascending" : "descending";
  const now = was === first ? other : first;
  const sorted = keys([...body.rows], column, number).sort(order(number, now === "ascending" ? 1 : -1));
  // Thousands of rows move fast only where nobody looks.
  body.remove();
  body.replaceChildren(...sorted.map(({ row }) => row));
  table.append(body);
  for (const cell of table.tHead.rows[0].cells) cell.setAttribute("aria-sort", cell === head ? now : "none");
  said.textContent = `${table.caption.textContent}: sorted by ${head.textContent}, ${now}`;
}

function shorten(table) {
  const tools = document.createElement("div");
  tools.className = "tools";
  const label = document.createElement("label");
  label.textContent = "Find in this table ";
  const find = document.createElement("input");
  find.type = "search";
  label.append(find);
  const count = document.createElement("span");
  const all = document.createElement("button");
  all.type = "button";
  const rows = table.tBodies[0].rows;
  let texts = null;
  // In steps: a browser needs seconds to lay out thousands of rows.
  const most = () => (table.classList.contains("short") ? 25 : table.classList.contains("medium") ? 500 : Infinity);
  const tell = () => {
    let found = 0;
    for (const row of rows) found += !row.hidden;
    const shown = Math.min(found, most());
    const next = most() === 25 && found > 500 ? 500 : found;
    count.textContent = `${shown.toLocaleString("en")} of ${table.dataset.rows} rows shown`;
    all.hidden = found <= 25;
    all.textContent = shown === found ? "Show 25" : `Show ${next.toLocaleString("en")}`;
  };
  all.addEventListener("click", () => {
    const next = all.textContent === "Show 25" ? "short" : all.textContent === "Show 500" ? "medium" : "whole";
    table.classList.remove("short", "medium");
    table.classList.add(next);
    tell();
    said.textContent = count.textContent;
  });
  find.addEventListener("input", () => {
    texts ??= new Map([...rows].map((row) => [row, row.textContent.toLowerCase()]));
    const wanted = find.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !texts.get(row).includes(wanted);
    tell();
    said.textContent = count.textContent;
  });
  tools.append(label, count, all);
  table.closest(".scroll").before(tools);
  tell();
}

for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, head, column));
    head.append(button);
  });
  if (table.classList.contains("short")) shorten(table);
}
