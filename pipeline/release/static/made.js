// The recommendations that a State made, as a table. They are in the texts that the search loads, which are large: so
// they are loaded when somebody asks for them.
"use strict";
(() => {
  const { made, say } = page;
  const place = document.getElementById("made-table");
  const ask = made("button", { type: "button" }, say("made-load"));
  const waiting = made("p", { role: "status" });

  // A row of the table: the cells of a recommendation, the first one linked with it, the second with other reviews.
  function line(names, own, thread) {
    const [name, file] = names.states[own.to];
    const where = own.paragraph || "#";
    const action = own.action;
    return [
      file ? made("a", { href: `${names.root}states/${file}#${own.key}` }, where) : where,
      [own.text, ...thread ? [thread] : []],
      name || say("state-unknown"),
      own.by.map(each => names.states[each][0]).join("; "),
      own.issues.map(issue => names.issues[issue]).join("; "),
      action ? names.actions[action - 1] : "–",
      names.responses[own.response],
      say(own.people ? "saved-people" : "saved-model"),
    ];
  }

  const COLUMNS = [["paragraph"], ["recommendation"], ["to", "one"], ["recommended", "many"], ["tags", "many"],
    ["category", "one"], ["response", "one"], ["labelled", "one"]];

  function table(heading, lines) {
    const heads = COLUMNS.map(([key, kind]) =>
      made("th", { scope: "col", ...kind && { ["data-" + kind]: "" } }, say(key)));
    const found = lines.map(cells => made("tr", {}, ...cells.map((cell, column) => made("td",
      column === 1 ? { lang: "en" } : column ? { "data-label": say("before-cell", { head: say(COLUMNS[column][0]) }) } : {},
      ...[cell].flat()))));
    const whole = made("table", { class: "rows given" }, made("thead", {}, made("tr", {}, ...heads)),
      made("tbody", {}, ...found));
    return made("details", { class: "review" }, made("summary", {}, heading),
      made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": heading }, whole));
  }

  // One recommendation of a file of texts, so that the rest of the file need not be kept.
  const only = (part, at) => Object.fromEntries(Object.entries(part).filter(([, all]) => Array.isArray(all))
    .map(([column, all]) => [column, all[at]]));

  async function load() {
    const names = { ...await page.data(place.dataset.names), root: place.dataset.root };
    const own = names.states.findIndex(([, file]) => file === place.dataset.state + ".html");
    const known = threads.gathered(names), sessions = new Map();
    let start = 0;
    for (const [at, file] of names.files.entries()) {
      waiting.textContent = say("reading", { file: at + 1, files: names.files.length });
      const part = await page.data(names.root + file);
      known.add(part);
      for (const [at, by] of part.by.entries()) {
        if (!by.includes(own)) continue;
        const session = part.session[at];
        if (!sessions.has(session)) sessions.set(session, []);
        sessions.get(session).push({ own: only(part, at), place: start + at });
      }
      start += part.by.length;
    }
    const parts = [...sessions].sort((a, b) => b[0] - a[0]).map(([session, found]) =>
      table(say("made-session", { session: names.sessions[session] || say("not-known"), n: found.length }),
        found.map(each => line(names, each.own, known.said(each.place)))));
    const tools = made("div", { class: "tools screen", "data-file": place.dataset.file });
    place.replaceChildren(tools, made("p", { class: "note" }, say("made-threads")), ...parts);
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
