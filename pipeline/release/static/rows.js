// Filters, sorts and saves the recommendations of a page. Without this script they are all there to read, with
// codes instead of words in some columns.
"use strict";
(() => {
  const tools = document.getElementById("tools");
  const tables = [...document.querySelectorAll("table.rows")];
  if (!tools || !tables.length) return;

  // Columns of codes, to what these stand for.
  const codes = Object.entries(JSON.parse(document.getElementById("codes").textContent));
  function spelled(row) {
    const where = row.cells[0];
    where.replaceChildren(page.made("a", { href: "#" + row.id }, where.textContent.trim() || "#"));
    for (const [column, meant] of codes) {
      const cell = row.cells[column];
      cell.textContent = meant[cell.textContent.trim()] || cell.textContent;
    }
  }

  const parts = tables.map(table => {
    const part = table.closest("details");
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows].map((row, place) => {
      spelled(row);
      const cells = [...row.cells].map(cell => (cell.firstChild ? cell.firstChild.textContent : "").trim());
      return { row, place, cells, words: row.textContent.toLowerCase() };
    });
    return { part, table, heads, rows, review: part.querySelector("summary").textContent.split(":")[0] };
  });
  const names = parts[0].heads.map(head => head.textContent.trim());
  const chosen = new Map();
  let typed = [];

  const { made, number, say, language } = page;

  const values = (cells, column) =>
    parts[0].heads[column].hasAttribute("data-many") ? cells[column].split("; ") : [cells[column]];

  const shown = line => typed.every(word => line.words.includes(word))
    && [...chosen].every(([column, value]) => values(line.cells, column).includes(value));

  function update() {
    let count = 0, all = 0;
    const narrowed = typed.length > 0 || chosen.size > 0;
    for (const { part, rows } of parts) {
      let here = 0;
      for (const line of rows) {
        const visible = shown(line);
        line.row.hidden = !visible;
        here += visible;
      }
      part.hidden = here === 0;
      if (narrowed && here) part.open = true;
      count += here;
      all += rows.length;
    }
    state.textContent = narrowed ? say("some-shown", { n: count, all }) : say("all-shown", { n: all });
  }

  function choice(column) {
    const counts = new Map();
    for (const { rows } of parts)
      for (const { cells } of rows)
        for (const value of values(cells, column)) if (value) counts.set(value, (counts.get(value) || 0) + 1);
    const select = made("select", {}, made("option", { value: "" }, say("all")));
    for (const value of [...counts.keys()].sort((a, b) => a.localeCompare(b, language)))
      select.append(made("option", { value }, `${value} (${number(counts.get(value))})`));
    select.addEventListener("change", () => {
      if (select.value) chosen.set(column, select.value); else chosen.delete(column);
      update();
    });
    return made("label", {}, names[column], select);
  }

  function sorting({ heads, table, rows }) {
    heads.forEach((head, column) => {
      const button = made("button", { type: "button" }, head.textContent);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const order = [...rows].sort((a, b) =>
          (down ? -1 : 1) * a.cells[column].localeCompare(b.cells[column], language, { numeric: true })
          || a.place - b.place);
        table.tBodies[0].append(...order.map(line => line.row));
      });
    });
  }

  function save() {
    const lines = [[say("review"), ...names, say("other-reviews"), say("link")]];
    for (const { table, rows, review } of parts) {
      const byRow = new Map(rows.map(line => [line.row, line]));
      for (const row of table.tBodies[0].rows) {
        if (row.hidden) continue;
        const link = row.querySelector("a"), thread = row.querySelector("p");
        lines.push([review, ...byRow.get(row).cells, thread ? thread.textContent : "", link ? link.href : ""]);
      }
    }
    page.save(tools.dataset.file, lines);
  }

  function target() {
    // A row is named by the first letters of its rec_key; a link may have all of them.
    const named = location.hash.slice(1);
    const row = document.getElementById(named) || document.getElementById(named.slice(0, 8));
    const part = row && row.closest("details.review");
    if (!part) return;
    part.open = true;
    row.scrollIntoView({ block: row.tagName === "TR" ? "center" : "start" });
  }

  const find = made("input", { type: "search", autocomplete: "off" });
  find.addEventListener("input", () => {
    typed = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    update();
  });
  const state = made("p", { role: "status" });
  const keep = made("button", { type: "button" }, say("save-shown"));
  keep.addEventListener("click", save);
  const open = made("button", { type: "button" }, say("open"));
  open.addEventListener("click", () => parts.forEach(({ part }) => { part.open = true; }));
  tools.append(made("label", { class: "find" }, say("words"), find));
  parts[0].heads.forEach((head, column) => {
    if (head.hasAttribute("data-one") || head.hasAttribute("data-many")) tools.append(choice(column));
  });
  tools.append(open, keep, state);
  parts.forEach(sorting);
  update();
  target();
  addEventListener("hashchange", target);
})();
