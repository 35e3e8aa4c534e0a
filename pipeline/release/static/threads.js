// In which other reviews of a State the same was recommended, or nearly the same. The links stand in the files of texts:
// by places of wordings, counted through all files.
"use strict";
const threads = (() => {
  const { made, say } = page;
  const RELATIONS = ["same", "near", "perhaps"], LATER = 3, GAP = "\0";

  // Gathers files with `add`, in their order; then `said` tells of the wording at a place, null where it is in no thread.
  function gathered(names) {
    const key = [], to = [], session = [], response = [];
    const first = new Map(), answers = new Map();
    const before = new Map(), after = new Map(), perhaps = new Map(), reviews = new Map();

    // Rows of one wording that differ in more than the State: their keys end in "-2", "-3".
    const wording = at => `${to[at]} ${key[at].split("-")[0]}`;

    function add(part) {
      const start = key.length;
      for (const [at, own] of part.key.entries()) {
        const place = start + at;
        key.push(own);
        to.push(part.to[at]);
        session.push(part.session[at]);
        response.push(part.response[at]);
        const same = wording(place);
        if (!own.includes("-")) first.set(same, place);
        if (!answers.has(same)) answers.set(same, new Set());
        answers.get(same).add(part.response[at]);
      }
      const { at, back, order, relation } = part.again;
      at.forEach((own, n) => {
        const place = start + own, earlier = place + back[n];
        if (RELATIONS[relation[n]] === "perhaps") { perhaps.set(place, earlier); return; }
        before.set(place, [earlier, RELATIONS[relation[n]]]);
        reviews.set(place, order[n]);
        if (!after.has(earlier)) after.set(earlier, []);
        after.get(earlier).push([place, RELATIONS[relation[n]]]);
      });
    }

    function link([at, relation]) {
      const found = [...answers.get(wording(at))].map(each => names.responses[each].toLowerCase())
        .reduce((a, b) => say("or", { first: a, second: b }));
      const address = `${names.root}states/${names.states[to[at]][1]}#${key[at]}`;
      return [made("a", { href: address }, String(session[at])), " " + say(`thread-${relation}`, { response: found })];
    }

    // A sentence with links in its gap.
    function sentence(key, linked, values = {}, rest = "") {
      const [start, end] = say(key, { ...values, links: GAP }).split(GAP);
      return [start, ...linked.flatMap((each, n) => [...n ? ["; "] : [], ...link(each)]), rest, end, " "];
    }

    function said(at) {
      const own = first.get(wording(at)), parts = [], chain = [];
      for (let found = before.get(own); found; found = before.get(found[0])) chain.unshift(found);
      if (chain.length) parts.push(...sentence("thread-before", chain, { n: reviews.get(own) }));
      const later = (after.get(own) || []).sort(([a], [b]) => session[a] - session[b] || (key[a] < key[b] ? -1 : 1));
      const left = later.length - LATER;
      const rest = left > 0 ? "; " + say("thread-more", { n: left }) : "";
      if (later.length) parts.push(...sentence("thread-again", later.slice(0, LATER), {}, rest));
      if (perhaps.has(own)) parts.push(...sentence("thread-perhaps-repeats", [[perhaps.get(own), "perhaps"]]));
      return parts.length ? made("p", { lang: page.language }, ...parts.slice(0, -1)) : null;
    }
    return { add, said };
  }
  return { gathered };
})();
