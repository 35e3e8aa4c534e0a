// The progress of rounds comes anew every few seconds, but not while a plan is open: what somebody has typed would be gone.
"use strict";
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "rounds" && event.target.querySelector("details[open]")) event.preventDefault();
});
