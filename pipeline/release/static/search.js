// Searches all recommendations of a release. They come from files beside the page; nothing is sent anywhere.
"use strict";
(() => {
  const { made, number, say, language } = page;
  const place = document.getElementById("search");
  const results = document.getElementById("results");
  const names = JSON.parse(document.getElementById("names").textContent);
  const SHOWN = 50, MOST_WORDS = 31;
  if (!page.able(place)) return;

  // ---- The recommendations: a wording is the same place in every list.
  const all = { text: [], key: [], paragraph: [], to: [], session: [], by: [], issues: [], action: [],
    response: [], people: [], rows: [] };
  let order = [];

  // ---- Words: each is known by the number of its stem.
  const { WORD, folded, stem } = terms;
  const stems = new Map(), words = new Map(), vocabulary = [];
  let tokens = new Uint32Array(1 << 16), length = 0;
  const ends = [];

  function wordNumber(word) {
    let found = words.get(word);
    if (found === undefined) {
      const plain = folded(word), root = stem(plain);
      found = stems.get(root);
      if (found === undefined) stems.set(root, found = stems.size);
      words.set(word, found);
      vocabulary.push([plain, found]);
    }
    return found;
  }

  function index(text) {
    for (const word of text.match(WORD) || []) {
      if (length === tokens.length) {
        const larger = new Uint32Array(2 * length);
        larger.set(tokens);
        tokens = larger;
      }
      tokens[length++] = wordNumber(word);
    }
    ends.push(length);
  }

  // ---- The question: words and "phrases". Each word has a bit of its own.
  // Returns: bits of each stem, the bits that a text must have, runs of bits for phrases, and words not found.
  function read(question) {
    const bits = new Uint32Array(stems.size), phrases = [], unknown = [];
    let used = 0;
    for (const [part] of question.replace(/[“”„«»]/g, '"').matchAll(/"[^"]*"?|[^\s"]+/g)) {
      const run = [];
      for (const [word, star] of part.matchAll(/[\p{L}\p{N}\p{M}]+(?:['’]s\b)?(\*)?/gu)) {
        if (used === MOST_WORDS) break;
        const bit = 1 << used++, found = numbers(word, Boolean(star));
        found.forEach(each => { bits[each] |= bit; });
        if (!found.size) unknown.push(word);
        run.push(bit);
      }
      if (run.length > 1) phrases.push(run);
    }
    return { bits, whole: used === 0 ? 0 : -1 >>> (32 - used), phrases, unknown, used };
  }

  // Stems of a word. A word with * stands for all that begin like it; so does one that occurs nowhere, since it
  // may be one that is still being typed.
  function numbers(word, star) {
    const start = folded(word.replace("*", ""));
    const exact = stems.get(stem(start));
    if (exact !== undefined && !star) return new Set([exact]);
    const found = new Set();
    for (const [plain, root] of vocabulary) if (plain.startsWith(start)) found.add(root);
    return found;
  }

  function has(bits, run, from, to) {
    for (let first = from; first <= to - run.length; first++) {
      let at = 0;
      while (at < run.length && bits[tokens[first + at]] & run[at]) at++;
      if (at === run.length) return true;
    }
    return false;
  }

  function matches(question) {
    const found = new Uint8Array(ends.length);
    if (!question.used) return found.fill(1);
    const { bits, whole, phrases } = question;
    for (let text = 0, from = 0; text < ends.length; text++) {
      const to = ends[text];
      let seen = 0;
      for (let at = from; at < to; at++) seen |= bits[tokens[at]];
      if ((seen >>> 0) === whole && phrases.every(run => has(bits, run, from, to))) found[text] = 1;
      from = to;
    }
    return found;
  }

  // ---- Filters: the values of each recommendation, as numbers.
  const stateNames = names.states.map(state => state[0] || say("state-unknown"));
  const codes = names.states.map(([name, file]) => file.replace(".html", "") || name);
  const groups = Object.keys(names.regions);
  const groupNames = Object.values(names.regions);
  const groupOf = names.states.map(state => groups.indexOf(state[2]));
  const sessions = Object.keys(names.sessions).map(Number).sort((a, b) => b - a);
  const placeOf = new Map(sessions.map((session, at) => [session, at]));
  const known = value => value === undefined || value < 0 ? [] : [value];
  const filters = [
    ["to", say("to"), stateNames, at => [all.to[at]], codes],
    ["to-group", say("to-group"), groupNames, at => known(groupOf[all.to[at]]), groups],
    ["by", say("by"), stateNames, at => all.by[at], codes],
    ["by-group", say("by-group"), groupNames, at =>
      [...new Set(all.by[at].flatMap(s => known(groupOf[s])))], groups],
    ["issue", say("issue"), names.issues, at => all.issues[at], names.codes.issues],
    ["action", say("category"), names.actions, at => all.action[at] ? [all.action[at] - 1] : [], names.codes.actions],
    ["response", say("response"), names.responses, at => [all.response[at]], names.codes.responses],
    ["session", say("session"), sessions.map(s => names.sessions[s]), at => known(placeOf.get(all.session[at])),
      sessions.map(String)],
    ["labelled", say("labelled"), [say("model"), say("people")], at => [all.people[at]], ["model", "people"]],
  ].map(([name, title, values, of, ids], number) =>
    ({ name, title, values, of, ids, number, chosen: -1, lists: [] }));
  // Addresses hold codes, which are the same in all languages; names are offered in the order of the language.
  for (const filter of filters) {
    filter.offered = filter.values.map((_, at) => at);
    if (["to", "by", "issue"].includes(filter.name))
      filter.offered.sort((a, b) => filter.values[a].localeCompare(filter.values[b], language));
  }

  // The values of every recommendation; equal lists are one, which takes a fraction of the memory.
  function shared(of, last) {
    const lists = new Map();
    return Array.from({ length: last }, (_, at) => {
      const list = of(at), same = list.join();
      if (!lists.has(same)) lists.set(same, list);
      return lists.get(same);
    });
  }

  // What is found, in order, and for each filter how many each of its values would leave.
  function counted(found) {
    const counts = filters.map(filter => new Uint32Array(filter.values.length));
    const active = filters.filter(filter => filter.chosen >= 0);
    const add = (filter, at) => { for (const value of filter.lists[at]) counts[filter.number][value]++; };
    const left = [];
    for (const at of order) {
      if (!found[at]) continue;
      let against = null, many = 0;
      for (const filter of active)
        if (!filter.lists[at].includes(filter.chosen)) { against = filter; if (++many > 1) break; }
      if (many === 1) add(against, at);
      if (many) continue;
      left.push(at);
      for (const filter of filters) add(filter, at);
    }
    return { left, counts };
  }

  // ---- The page.
  let left = [], question = read(""), shown = 0;
  const find = made("input", { type: "search", autocomplete: "off", spellcheck: "false" });
  const said = made("p", { role: "status" });
  const clear = made("button", { type: "button" }, say("clear"));
  const more = made("button", { type: "button", class: "screen" });
  const tools = made("div", { class: "tools screen" }, made("label", { class: "find" }, say("phrases"), find));
  for (const filter of filters) {
    filter.select = made("select", { name: filter.name });
    filter.select.addEventListener("change", () => { filter.chosen = Number(filter.select.value); changed(); });
    tools.append(made("label", {}, filter.title, filter.select));
  }
  tools.append(...page.saving("save-found", place.dataset.file, saved), clear, said);

  function offer(filter, counts) {
    const options = [made("option", { value: "-1" }, say("all"))];
    for (const at of filter.offered) {
      if (counts[at] || at === filter.chosen)
        options.push(made("option", { value: String(at) }, `${filter.values[at]} (${number(counts[at])})`));
    }
    filter.select.replaceChildren(...options);
    filter.select.value = String(filter.chosen);
  }

  function update() {
    question = read(find.value);
    const { left: found, counts } = counted(matches(question));
    left = found;
    filters.forEach((filter, at) => offer(filter, counts[at]));
    const rows = left.reduce((sum, at) => sum + all.rows[at], 0);
    const missing = question.unknown.length ? say("absent", { words: question.unknown.join(", ") }) : "";
    said.textContent = [say("found", { found: left.length, all: all.text.length, rows }), missing].join(" ").trim();
    results.replaceChildren();
    shown = 0;
    show();
  }

  function show() {
    const until = Math.min(left.length, shown + SHOWN);
    results.append(...left.slice(shown, until).map(result));
    shown = until;
    more.hidden = shown === left.length;
    more.textContent = say("more", { shown: Math.min(SHOWN, left.length - shown), rest: left.length - shown });
  }

  function link(at) {
    const file = names.states[all.to[at]][1];
    return file ? `${names.root}states/${file}#${all.key[at]}` : "";
  }

  function where(at) {
    const session = names.sessions[all.session[at]] || say("not-known"), paragraph = all.paragraph[at];
    return say(paragraph ? "where-paragraph" : "where", { state: stateNames[all.to[at]], session, paragraph });
  }

  function marked(text) {
    const parts = [];
    let last = 0;
    for (const word of text.matchAll(WORD)) {
      if (!question.bits[wordNumber(word[0])]) continue;
      parts.push(text.slice(last, word.index), made("mark", {}, word[0]));
      last = word.index + word[0].length;
    }
    return [...parts, text.slice(last)];
  }

  function result(at) {
    const head = link(at) ? made("a", { href: link(at) }, where(at)) : where(at);
    const facts = [
      all.by[at].length ? say("recommended-by", { states: all.by[at].map(s => stateNames[s]).join(", ") }) : "",
      say("said-response", { response: names.responses[all.response[at]].toLowerCase() }),
      say("said-category", { category: all.action[at] ? names.actions[all.action[at] - 1] : say("none") }),
      say("said-issues", { issues: all.issues[at].map(issue => names.issues[issue]).join("; ") || say("none") }),
      say("said-labelled", { who: say(all.people[at] ? "people" : "model") }),
    ];
    return made("li", {}, made("p", { class: "where" }, head), made("p", { lang: "en" }, ...marked(all.text[at])),
      made("p", { class: "note" }, facts.filter(Boolean).join(" ")));
  }

  function saved() {
    const lines = left.map(at => [stateNames[all.to[at]], all.session[at] || "", all.paragraph[at],
      all.text[at], all.by[at].map(s => stateNames[s]).join("; "),
      all.issues[at].map(issue => names.issues[issue]).join("; "),
      all.action[at] ? names.actions[all.action[at] - 1] : "", names.responses[all.response[at]],
      say(all.people[at] ? "saved-people" : "saved-model"), all.rows[at],
      link(at) && new URL(link(at), location.href).href]);
    return [["to", "session", "paragraph", "recommendation", "recommended", "tags",
      "category", "response", "labelled", "rows", "link"].map(head => say(head)), ...lines];
  }

  // ---- The address: a search is a link.
  function address() {
    const asked = new URLSearchParams();
    if (find.value.trim()) asked.set("q", find.value.trim());
    for (const filter of filters) if (filter.chosen >= 0) asked.set(filter.name, filter.ids[filter.chosen]);
    return asked.toString();
  }

  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    find.value = asked.get("q") || "";
    for (const filter of filters) {
      filter.chosen = asked.has(filter.name) ? filter.ids.indexOf(asked.get(filter.name)) : -1;
    }
    update();
  }

  function changed() {
    update();
    // Replaced, so that a step back leads to the page before and not to each letter.
    if (location.hash.slice(1) !== address()) location.replace("#" + address());
  }

  async function load() {
    const waiting = made("p", { role: "status" });
    place.append(waiting);
    for (const [at, file] of names.files.entries()) {
      waiting.textContent = say("reading", { file: at + 1, files: names.files.length });
      const part = await page.data(names.root + file);
      for (const text of part.text) index(text);
      for (const [column, list] of Object.entries(all)) for (const value of part[column]) list.push(value);
    }
    const last = all.text.length;
    for (const filter of filters) filter.lists = shared(filter.of, last);
    // The latest session first; within it as the files have them, by State and paragraph.
    order = Array.from({ length: last }, (_, at) => at).sort((a, b) => all.session[b] - all.session[a] || a - b);
    waiting.replaceWith(tools);
    results.after(more);
    document.getElementById("found").hidden = false;
    find.addEventListener("input", changed);
    more.addEventListener("click", show);
    clear.addEventListener("click", () => { location.hash = ""; follow(); find.focus(); });
    addEventListener("hashchange", () => { if (location.hash.slice(1) !== address()) follow(); });
    follow();
  }

  load().catch(error => {
    place.replaceChildren(made("p", { class: "banner" }, say("no-search", { why: error.message })));
  });
})();
