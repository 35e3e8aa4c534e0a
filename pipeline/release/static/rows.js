// Filters, sorts and saves tables of recommendations. Without this script those of a State under review are all
// there to read, with codes instead of words in two columns, which their heads explain.
"use strict";
const rows = (() => {
  const { made, number, say, language } = page;

  // Args: `tools`, the empty element that gets the filters; it names the file to save. `tables`, each in a part of
  // its own that opens, with the same columns.
  function together(tools, tables) {
    const parts = tables.map(table => {
      const part = table.closest("details");
      const heads = [...table.tHead.rows[0].cells];
      const lines = [...table.tBodies[0].rows].map((row, place) => {
        const cells = [...row.cells].map(cell => (cell.firstChild ? cell.firstChild.textContent : "").trim());
        return { row, place, cells, words: row.textContent.toLowerCase() };
      });
      return { part, table, heads, lines, review: part.querySelector("summary").textContent.split(": ")[0].trim() };
    });
    const names = parts[0].heads.map(head => head.textContent.trim());
    const chosen = new Map();
    let typed = [];

    const values = (cells, column) =>
      parts[0].heads[column].hasAttribute("data-many") ? cells[column].split("; ") : [cells[column]];

    const shown = line => typed.every(word => line.words.includes(word))
      && [...chosen].every(([column, value]) => values(line.cells, column).includes(value));

    function update() {
      let count = 0, all = 0;
      const narrowed = typed.length > 0 || chosen.size > 0;
      for (const { part, lines } of parts) {
        let here = 0;
        for (const line of lines) {
          const visible = shown(line);
          line.row.hidden = !visible;
          here += visible;
        }
        part.hidden = here === 0;
        if (narrowed && here) part.open = true;
        count += here;
        all += lines.length;
      }
      state.textContent = narrowed ? say("some-shown", { n: count, all }) : say("all-shown", { n: all });
    }

    function choice(column) {
      const counts = new Map();
      for (const { lines } of parts)
        for (const { cells } of lines)
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

    function sorting({ heads, table, lines }) {
      heads.forEach((head, column) => {
        const button = made("button", { type: "button" }, head.textContent);
        head.replaceChildren(button);
        button.addEventListener("click", () => {
          const down = head.getAttribute("aria-sort") === "ascending";
          heads.forEach(other => other.removeAttribute("aria-sort"));
          head.setAttribute("aria-sort", down ? "descending" : "ascending");
          const order = [...lines].sort((a, b) =>
            (down ? -1 : 1) * a.cells[column].localeCompare(b.cells[column], language, { numeric: true })
            || a.place - b.place);
          table.tBodies[0].append(...order.map(line => line.row));
        });
      });
    }

    // What is shown, in its order, below a line of headings.
    function saved() {
      const threads = parts.some(({ table }) => table.querySelector("p"));
      const found = [[say("review"), ...names, ...threads ? [say("other-reviews")] : [], say("link")]];
      for (const { table, lines, review } of parts) {
        const byRow = new Map(lines.map(line => [line.row, line]));
        for (const row of table.tBodies[0].rows) {
          if (row.hidden) continue;
          const link = row.querySelector("a"), thread = row.querySelector("p");
          const [where, ...cells] = byRow.get(row).cells;
          found.push([review, where === "#" ? "" : where, ...cells,
            ...threads ? [thread ? thread.textContent : ""] : [], link ? link.href : ""]);
        }
      }
      return found;
    }

    const find = made("input", { type: "search", autocomplete: "off" });
    find.addEventListener("input", () => {
      typed = find.value.toLowerCase().split(/\s+/).filter(Boolean);
      update();
    });
    const state = made("p", { role: "status" });
    const open = made("button", { type: "button" }, say("open"));
    open.addEventListener("click", () => parts.forEach(({ part }) => { part.open = true; }));
    tools.append(made("label", { class: "find" }, say("words"), find));
    parts[0].heads.forEach((head, column) => {
      if (head.hasAttribute("data-one") || head.hasAttribute("data-many")) tools.append(choice(column));
    });
    tools.append(open, ...page.saving("save-shown", tools.dataset.file, saved), state);
    parts.forEach(sorting);
    update();
  }

  // Columns of codes, to what these stand for.
  function spelled(row, codes) {
    const where = row.cells[0];
    where.replaceChildren(made("a", { href: "#" + row.id }, where.textContent.trim() || "#"));
    for (const [column, meant] of codes) {
      const cell = row.cells[column];
      cell.textContent = meant[cell.textContent.trim()] || cell.textContent;
    }
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

  const tools = document.getElementById("tools");
  const tables = [...document.querySelectorAll("table.rows")];
  if (tools && tables.length) {
    const codes = Object.entries(JSON.parse(document.getElementById("codes").textContent));
    for (const table of tables) {
      for (const key of table.querySelectorAll("th small")) key.remove();
      for (const row of table.tBodies[0].rows) spelled(row, codes);
    }
    together(tools, tables);
    target();
    addEventListener("hashchange", target);
  }
  return { together };
})();
