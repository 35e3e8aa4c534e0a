// The words of a text, and what they have in common: the search and the page for drafts read texts alike.
"use strict";
const terms = (() => {
  const WORD = /[\p{L}\p{N}\p{M}]+(?:['’]s\b)?/gu;

  const folded = word => word.replace(/['’]s$/, "").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  // British and American spellings of -ise, -isation are one; so are ratify and ratification, which Porter's rules
  // tell apart.
  const stem = word =>
    stemmer(word.replace(/ifications?$/, "ify").replace(/is(e[ds]?|ing|ations?|ational)$/, "iz$1"));

  return { WORD, folded, stem };
})();
