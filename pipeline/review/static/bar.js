// On a narrow screen the names of pages are wider than the bar: the one that is open comes into view.
"use strict";
(() => {
  const open = document.querySelector(".bar nav a[aria-current]");
  if (!open) return;
  const bar = open.parentElement;
  const start = open.offsetLeft - bar.offsetLeft;
  if (start + open.offsetWidth > bar.clientWidth) bar.scrollLeft = start - 16;
})();
