// The progress of rounds comes anew every few seconds, but not while somebody fills in a form in it.
"use strict";
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "rounds" && document.activeElement.closest("#rounds details")) event.preventDefault();
});
