// Precedents for a draft: specific recommendations on its issue that were supported, and what a State was asked
// before. All come from files beside the page; nothing that is typed is sent anywhere.
"use strict";
(() => {
  const { made, say, language } = page;
  const { WORD, folded, stem } = terms;
  const place = document.getElementById("draft");
  const precedents = document.getElementById("precedents");
  const names = JSON.parse(document.getElementById("names").textContent);
  const SHOWN = 5, NEAREST = 20, ALIKE = 0.3;
  if (!page.able(place)) return;

  // ---- The recommendations as weighted words: rare words weigh more (inverse document frequency).
  const all = { text: [], to: [], session: [], issues: [], response: [] };
  const stems = new Map();
  const lengths = [], lists = [];
  let weights = [], wordings = [];

  const numbersOf = text => (text.match(WORD) || []).map(word => {
    const root = stem(folded(word));
    if (!stems.has(root)) stems.set(root, stems.size);
    return stems.get(root);
  });

  function weigh() {
    const texts = new Uint32Array(stems.size);
    for (const list of lists) for (const one of new Set(list)) texts[one]++;
    weights = Float64Array.from(texts, count => count ? Math.log(lists.length / count) + 0.01 : 0);
    for (const list of lists) lengths.push(Math.sqrt(list.reduce((sum, one) => sum + weights[one] ** 2, 0)) || 1);
  }

  // The cosine of a draft with each of some recommendations, most similar first; each wording once.
  function alike(words, places) {
    const asked = new Float64Array(stems.size);
    for (const one of words) if (weights[one]) asked[one] = weights[one];
    const length = Math.sqrt(asked.reduce((sum, weight) => sum + weight ** 2, 0)) || 1;
    const seen = new Set();
    return places
      .map(at => [at, lists[at].reduce((sum, one) => sum + asked[one] * weights[one], 0) / (length * lengths[at])])
      .sort((a, b) => b[1] - a[1] || all.session[b[0]] - all.session[a[0]] || a[0] - b[0])
      .filter(([at]) => !seen.has(wordings[at]) && seen.add(wordings[at]));
  }

  // The issue that most of the recommendations most like a draft carry, by how like they are; -1 for none.
  function likely(words) {
    const sums = new Map();
    for (const [at, score] of alike(words, all.text.map((_, at) => at)).slice(0, NEAREST))
      for (const issue of all.issues[at]) sums.set(issue, (sums.get(issue) || 0) + (score > ALIKE / 2 ? score : 0));
    const [issue, sum] = [...sums].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] || [-1, 0];
    return sum > 0 ? issue : -1;
  }

  // ---- The page.
  const draft = made("textarea", { rows: "3", maxlength: "5000", lang: "en", spellcheck: "true" });
  const issues = made("select", { name: "issue" }), states = made("select", { name: "state" });
  const said = made("p", { role: "status" });
  let examples = [];

  const option = (value, text) => made("option", { value: String(value) }, text);
  const byName = list => list.map((name, at) => [at, name]).filter(([, name]) => name)
    .sort((a, b) => a[1].localeCompare(b[1], language)).map(([at, name]) => option(at, name));

  const where = at => say("where", { state: names.states[all.to[at]][0] || say("state-unknown"),
    session: names.sessions[all.session[at]] || say("not-known") });

  function example([at]) {
    const session = names.sessions[all.session[at]] || say("not-known");
    return made("li", {}, made("p", { lang: "en" }, all.text[at]),
      made("p", { class: "note" }, say("draft-session", { session })));
  }

  function earlier([at]) {
    return made("li", {}, made("p", { class: "where" }, where(at)), made("p", { lang: "en" }, all.text[at]),
      made("p", { class: "note" }, say("said-response", { response: names.responses[all.response[at]].toLowerCase() })));
  }

  function supported(issue) {
    const found = names.support[issue], tag = names.issues[issue];
    if (!found) return say("draft-no-support", { tag });
    const [n, answered, share, low, high] = found;
    return say("draft-support", { n: answered, supported: n, tag, share: page.percent(share),
      interval: page.interval(low, high) });
  }

  function update() {
    const words = numbersOf(draft.value), state = Number(states.value);
    const issue = issues.value === "-1" ? likely(words) : Number(issues.value);
    const parts = [];
    precedents.hidden = !words.length;
    said.textContent = "";
    if (!words.length) return;
    if (issues.value === "-1")
      said.textContent = issue < 0 ? say("draft-no-issue") : say("draft-likely", { tag: names.issues[issue] });
    if (issue >= 0) {
      const found = alike(words, examples.filter(at => all.issues[at].includes(issue))).slice(0, SHOWN);
      parts.push(made("h3", {}, say("draft-examples", { tag: names.issues[issue] })), made("p", {}, supported(issue)),
        found.length ? made("p", { class: "note" }, say("draft-examples-help")) : made("p", {}, say("draft-no-examples")),
        made("ol", { class: "results" }, ...found.map(example)));
    }
    if (state >= 0) {
      const asked = all.text.map((_, at) => at).filter(at => all.to[at] === state);
      const found = alike(words, asked).filter(([, score]) => score >= ALIKE).slice(0, SHOWN);
      parts.push(made("h3", {}, say("draft-before", { name: names.states[state][0] })),
        found.length ? made("ol", { class: "results" }, ...found.map(earlier)) : made("p", {}, say("draft-not-before")));
    }
    precedents.replaceChildren(...parts);
  }

  async function load() {
    const waiting = made("p", { role: "status" });
    place.append(waiting);
    for (const [at, file] of names.files.entries()) {
      waiting.textContent = say("reading", { file: at + 1, files: names.files.length });
      const part = await page.data(names.root + file);
      for (const text of part.text) lists.push(numbersOf(text));
      for (const [column, list] of Object.entries(all)) for (const value of part[column]) list.push(value);
    }
    examples = await page.data(names.root + names.examples);
    wordings = lists.map(list => list.join());
    weigh();
    issues.append(option(-1, say("draft-any-issue")), ...byName(names.issues));
    states.append(option(-1, say("draft-no-state")), ...byName(names.states.map(state => state[0])));
    waiting.replaceWith(made("div", { class: "tools screen draft" },
      made("label", { class: "find" }, say("draft-text"), draft),
      made("label", {}, say("issue"), issues), made("label", {}, say("draft-state"), states)), said);
    let pause;
    draft.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(update, 250); });
    issues.addEventListener("change", update);
    states.addEventListener("change", update);
  }

  load().catch(error => {
    place.replaceChildren(made("p", { class: "banner" }, say("draft-cannot", { why: error.message })));
  });
})();
