// Puts the figures of two States or regional groups beside each other. All of them are texts of the release.
"use strict";
(() => {
  const { made } = page;
  const place = document.getElementById("compare");
  const out = document.getElementById("beside");
  if (!page.able(place)) return;

  const ROLES = [["received", "Recommendations received"], ["made", "Recommendations made"]];
  const NONE = ["0", "–", "–"];
  let all = null, tables = [];

  const select = (title, ...children) => {
    const node = made("select", {}, ...children);
    node.addEventListener("change", changed);
    return [node, made("label", {}, title, node)];
  };

  function units() {
    const group = (title, list) => made("optgroup", { label: title },
      ...list.map(unit => made("option", { value: unit.id }, unit.name)));
    return [made("option", { value: "" }, "choose"),
      group("Regional groups", all.units.filter(unit => !unit.page)),
      group("States", all.units.filter(unit => unit.page))];
  }

  // A table: its title, its heads below the two names, and lines of a name and the cells of both.
  const beside = (title, heads, lines) => ({ title, heads, lines });

  function compared(role, one, two) {
    const both = [one, two].map(unit => all[role][unit.id]);
    const shares = ["Number", "Share", "95% interval"];
    return [
      beside("Recommendations", ["Number"], [
        ["All", ...both.map(unit => [unit.number])],
        ["With a category", ...both.map(unit => [unit.coded])],
        ["Of these labelled by people", ...both.map(unit => [unit.people])],
      ]),
      beside("Action categories, of recommendations with a category", shares,
        all.actions.map((name, at) => [name, ...both.map(unit => unit.actions[at] || NONE)])),
      beside("Responses", ["Number"], all.responses.map((name, at) =>
        [name, ...both.map(unit => [unit.answers[at]])])),
      beside("Share supported, of supported and noted; pending and unknown are left out",
        ["Of", "Share", "95% interval"], [["Supported", ...both.map(unit => [unit.answered, ...unit.supported])]]),
      beside("Issues, of all recommendations, in the order of their names", shares,
        all.issues.map((name, at) => [name, ...both.map(unit => unit.issues[at] || NONE)])
          .filter(line => line.slice(1).some(cells => cells !== NONE))),
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
    const title = `Reviews of ${unit.name}`;
    const heads = ["Session", "Number", "Precise", ...all.responses];
    return [made("h3", {}, title),
      made("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
        made("table", {}, made("thead", {}, made("tr", {}, ...heads.map(head => made("th", { scope: "col" }, head)))),
          made("tbody", {}, ...lines.map(([session, ...cells]) => made("tr", {},
            made("th", { scope: "row" }, session), ...cells.map(cell => made("td", {}, cell)))))))];
  }

  const unitOf = id => all.units.find(unit => unit.id === id);
  const [roleSelect, roleLabel] = select("What", ...ROLES.map(([id, title]) => made("option", { value: id }, title)));
  const [first, firstLabel] = select("First"), [second, secondLabel] = select("Second");
  const said = made("p", { role: "status" });
  const keep = made("button", { type: "button" }, "Save the tables (.csv)");
  keep.addEventListener("click", save);

  function update() {
    const pair = [unitOf(first.value), unitOf(second.value)], role = roleSelect.value;
    tables = [];
    out.replaceChildren();
    keep.disabled = true;
    if (pair.some(unit => !unit)) {
      said.textContent = "Choose two of the States and regional groups.";
      return;
    }
    const missing = pair.filter(unit => !all[role][unit.id]);
    if (missing.length) {
      said.textContent = `This release holds no recommendations ${role} by ${missing.map(u => u.name).join(" or ")}.`;
      return;
    }
    said.textContent = `${pair[0].name} and ${pair[1].name}: recommendations ${role}.`;
    tables = compared(role, ...pair);
    keep.disabled = false;
    out.append(...tables.flatMap(table => drawn(table, pair)));
    if (role === "received") out.append(...pair.flatMap(reviews));
  }

  function save() {
    const names = [first, second].map(node => unitOf(node.value).name);
    const columns = ["Number", "Of", "Share", "95% interval"];
    const lines = tables.flatMap(({ title, heads, lines }) => lines.flatMap(([name, ...both]) =>
      both.map((cells, at) => [names[at], title, name, ...columns.map(head => cells[heads.indexOf(head)] || "")])));
    page.save(place.dataset.file, [["Who", "Table", "Line", ...columns], ...lines]);
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
    place.replaceChildren(made("p", { class: "banner" }, `The figures cannot be shown: ${error.message} Fetch the `
      + "release again. The pages of the States below hold them, too."));
  });
})();
