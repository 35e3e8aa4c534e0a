// Puts the figures of two States or regional groups beside each other. Shares are tenths of a per cent.
"use strict";
(() => {
  const { made, number, say, percent, interval, language } = page;
  const names = JSON.parse(document.getElementById("names").textContent);
  const place = document.getElementById("compare");
  const out = document.getElementById("beside");
  if (!page.able(place)) return;

  const ROLES = [["received", say("received")], ["made", say("made")]];
  const NONE = [0, null, null, null];
  // Number, share and interval of a line, as cells.
  const cells = ([count, share, low, high]) => [number(count), percent(share), interval(low, high)];
  // Issues in the order of their names.
  const issues = names.issues.map((name, at) => [name, at]).sort((a, b) => a[0].localeCompare(b[0], language));
  let all = null, tables = [];

  const select = (title, ...children) => {
    const node = made("select", {}, ...children);
    node.addEventListener("change", changed);
    return [node, made("label", {}, title, node)];
  };

  function units() {
    const group = (title, list) => made("optgroup", { label: title },
      ...list.map(unit => made("option", { value: unit.id }, unit.name)));
    return [made("option", { value: "" }, say("choose")),
      group(say("groups"), names.units.filter(unit => !unit.page)),
      group(say("states"), names.units.filter(unit => unit.page))];
  }

  // A table: its title, its heads below the two names, and lines of a name and the cells of both.
  const beside = (title, heads, lines) => ({ title, heads, lines });

  function compared(role, one, two) {
    const both = [one, two].map(unit => all[role][unit.id]);
    const shares = [say("number"), say("share"), say("interval-head")];
    return [
      beside(say("recommendations"), [say("number")], [
        [say("every"), ...both.map(unit => [number(unit.number)])],
        [say("coded"), ...both.map(unit => [number(unit.coded)])],
        [say("by-people"), ...both.map(unit => [number(unit.people)])],
      ]),
      beside(say("actions"), shares,
        names.actions.map((name, at) => [name, ...both.map(unit => cells(unit.actions[at] || NONE))])),
      beside(say("responses"), [say("number")], names.responses.map((name, at) =>
        [name, ...both.map(unit => [number(unit.answers[at])])])),
      beside(say("supported-of"), [say("of"), say("share"), say("interval-head")],
        [[say("supported"), ...both.map(unit => cells([unit.answers[0] + unit.answers[1], ...unit.supported]))]]),
      beside(say("issues"), shares, issues.filter(([, at]) => both.some(unit => unit.issues[at]))
        .map(([name, at]) => [name, ...both.map(unit => cells(unit.issues[at] || NONE))])),
    ];
  }

  function drawn({ title, heads, lines }, pair) {
    const wide = String(heads.length);
    return [made("h3", {}, title),
      made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
        made("table", { class: "beside" },
          made("thead", {},
            made("tr", {}, made("td"), ...pair.map(unit =>
              made("th", { scope: "colgroup", colspan: wide }, unit.page ? made("a", { href: unit.page }, unit.name)
                : unit.name))),
            made("tr", {}, made("td"), ...pair.flatMap(() => heads.map(head => made("th", { scope: "col" }, head))))),
          made("tbody", {}, ...lines.map(([name, ...cells]) => made("tr", {}, made("th", { scope: "row" }, name),
            ...cells.flat().map(cell => made("td", {}, cell)))))))];
  }

  // The reviews of a State stand below each other: those of two States are of different sessions.
  function reviews(unit) {
    const lines = all.received[unit.id].reviews;
    if (!lines) return [];
    const title = say("reviews", { name: unit.name });
    const heads = [say("session"), say("number"), say("precise"), ...names.responses];
    return [made("h3", {}, title),
      made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
        made("table", {}, made("thead", {}, made("tr", {}, ...heads.map(head => made("th", { scope: "col" }, head)))),
          made("tbody", {}, ...lines.map(([session, many, precise, ...answers]) => made("tr", {},
            made("th", { scope: "row" }, session),
            ...[number(many), percent(precise), ...answers.map(number)].map(cell => made("td", {}, cell)))))))];
  }

  const unitOf = id => names.units.find(unit => unit.id === id);
  const [roleSelect, roleLabel] = select(say("what"), ...ROLES.map(([id, title]) => made("option", { value: id }, title)));
  const [first, firstLabel] = select(say("first")), [second, secondLabel] = select(say("second"));
  const said = made("p", { role: "status" });
  const keep = made("button", { type: "button" }, say("save-tables"));
  keep.addEventListener("click", save);

  function update() {
    const pair = [unitOf(first.value), unitOf(second.value)], role = roleSelect.value;
    tables = [];
    out.replaceChildren();
    keep.disabled = true;
    if (pair.some(unit => !unit)) {
      said.textContent = say("choose-two");
      return;
    }
    const missing = pair.filter(unit => !all[role][unit.id]);
    if (missing.length) {
      said.textContent = say(`none-${role}`, { names: missing.map(unit => unit.name).reduce((first, second) => say("or", { first, second })) });
      return;
    }
    said.textContent = say(`pair-${role}`, { first: pair[0].name, second: pair[1].name });
    tables = compared(role, ...pair);
    keep.disabled = false;
    out.append(...tables.flatMap(table => drawn(table, pair)));
    if (role === "received") out.append(...pair.flatMap(reviews));
  }

  function save() {
    const pair = [first, second].map(node => unitOf(node.value).name);
    const columns = [say("number"), say("of"), say("share"), say("interval-head")];
    const lines = tables.flatMap(({ title, heads, lines }) => lines.flatMap(([name, ...both]) =>
      both.map((cells, at) => [pair[at], title, name, ...columns.map(head => cells[heads.indexOf(head)] || "")])));
    page.save(place.dataset.file, [[say("who"), say("table"), say("line"), ...columns], ...lines]);
  }

  function address() {
    const asked = new URLSearchParams();
    if (first.value) asked.set("a", first.value);
    if (second.value) asked.set("b", second.value);
    if (roleSelect.value !== ROLES[0][0]) asked.set("what", roleSelect.value);
    return asked.toString();
  }

  function changed() {
    update();
    if (location.hash.slice(1) !== address()) location.replace("#" + address());
  }

  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const valid = id => unitOf(id) ? id : "";
    first.value = valid(asked.get("a"));
    second.value = valid(asked.get("b"));
    roleSelect.value = asked.get("what") === "made" ? "made" : "received";
    update();
  }

  page.data(place.dataset.figures).then(found => {
    all = found;
    first.append(...units());
    second.append(...units());
    place.append(made("div", { class: "tools screen" }, firstLabel, secondLabel, roleLabel, keep, said));
    addEventListener("hashchange", () => { if (location.hash.slice(1) !== address()) follow(); });
    follow();
  }).catch(error => {
    place.replaceChildren(made("p", { class: "banner" }, say("no-figures", { why: error.message })));
  });
})();
