// The recommendations that a State made, as a table. They are in the texts that the search loads, which are large: so
// they are loaded when somebody asks for them.
"use strict";
(() => {
  const { made, say } = page;
  const place = document.getElementById("made-table");
  const ask = made("button", { type: "button" }, say("made-load"));
  const waiting = made("p", { role: "status" });

  // A row of the table: the cells of a recommendation, the first one linked with it.
  function line(names, part, at) {
    const [name, file] = names.states[part.to[at]];
    const where = part.paragraph[at] || "#";
    const action = part.action[at];
    return [
      file ? made("a", { href: `${names.root}states/${file}#${part.key[at]}` }, where) : where,
      part.text[at],
      name || say("state-unknown"),
      part.by[at].map(each => names.states[each][0]).join("; "),
      part.issues[at].map(issue => names.issues[issue]).join("; "),
      action ? names.actions[action - 1] : "–",
      names.responses[part.response[at]],
      say(part.people[at] ? "saved-people" : "saved-model"),
    ];
  }

  const COLUMNS = [["paragraph"], ["recommendation"], ["to", "one"], ["recommended", "many"], ["tags", "many"],
    ["category", "one"], ["response", "one"], ["labelled", "one"]];

  function table(heading, lines) {
    const heads = COLUMNS.map(([key, kind]) =>
      made("th", { scope: "col", ...kind && { ["data-" + kind]: "" } }, say(key)));
    const found = lines.map(cells => made("tr", {}, ...cells.map((cell, column) => made("td",
      column === 1 ? { lang: "en" } : column ? { "data-label": say("before-cell", { head: say(COLUMNS[column][0]) }) } : {}, cell))));
    const whole = made("table", { class: "rows given" }, made("thead", {}, made("tr", {}, ...heads)),
      made("tbody", {}, ...found));
    return made("details", { class: "review" }, made("summary", {}, heading),
      made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": heading }, whole));
  }

  async function load() {
    const names = { ...await page.data(place.dataset.names), root: place.dataset.root };
    const own = names.states.findIndex(([, file]) => file === place.dataset.state + ".html");
    const sessions = new Map();
    for (const [at, file] of names.files.entries()) {
      waiting.textContent = say("reading", { file: at + 1, files: names.files.length });
      const part = await page.data(names.root + file);
      for (const [row, by] of part.by.entries()) {
        if (!by.includes(own)) continue;
        const session = part.session[row];
        if (!sessions.has(session)) sessions.set(session, []);
        sessions.get(session).push(line(names, part, row));
      }
    }
    const parts = [...sessions].sort((a, b) => b[0] - a[0]).map(([session, lines]) =>
      table(say("made-session", { session: names.sessions[session] || say("not-known"), n: lines.length }), lines));
    const tools = made("div", { class: "tools screen", "data-file": place.dataset.file });
    place.replaceChildren(tools, ...parts);
    rows.together(tools, parts.map(part => part.querySelector("table")));
    tools.querySelector("input").focus();
  }

  ask.addEventListener("click", () => {
    ask.disabled = true;
    load().catch(error => {
      place.replaceChildren(made("p", { class: "banner" }, say("made-cannot", { why: error.message })));
    });
  });
  if (page.able(place)) place.append(made("p", { class: "screen" }, ask), waiting);
})();
