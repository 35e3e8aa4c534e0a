// Times in the reader's own zone and language; without this script they stand in UTC.
"use strict";
(() => {
  const how = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  function localise(root) {
    root.querySelectorAll("time[data-local]").forEach((element) => {
      element.textContent = how.format(new Date(element.dateTime));
      element.removeAttribute("data-local");
    });
  }
  localise(document);
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
    if (node.nodeType === Node.ELEMENT_NODE) localise(node);
  }))).observe(document.body, { childList: true, subtree: true });
})();
