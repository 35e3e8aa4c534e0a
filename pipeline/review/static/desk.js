// The review page: keys, and an outbox. A decision shows the next recommendation at once, which is here already; it is
// sent meanwhile, again if need be, and only the desk's answer says that it is saved. Without this script the page's forms
// do the same, one page at a time.
"use strict";
(() => {
  const desk = document.getElementById("desk");
  if (!desk) return;
  const ahead = document.getElementById("ahead");
  const outcome = document.getElementById("outcome");
  const words = document.getElementById("words").dataset;
  const keys = document.getElementById("keys");
  const outbox = [];
  let sending = false;
  let shownAt = performance.now();

  const card = () => desk.querySelector("form.card");
  const csrf = () => document.querySelector("#undo-form input[name=csrf]").value;
  const query = () => desk.dataset.query.replace(/^\?/, "");

  function say(html) { outcome.innerHTML = html; }
  function tell(text, kind) {
    const line = document.createElement("p");
    line.className = "notice " + kind;
    line.textContent = text;
    if (kind === "bad") line.setAttribute("role", "alert");
    outcome.replaceChildren(line);
    return line;
  }

  function ready() {
    const now = card();
    shownAt = performance.now();
    if (now) window.deskTags.equip(now);
    fetchAhead();
  }

  async function fetchAhead() {
    ahead.replaceChildren();
    const now = card();
    if (!now || !/^\/review$/.test(location.pathname)) return;
    const without = [now.dataset.item, ...outbox.map((m) => m.item)].map((i) => "without=" + i).join("&");
    try {
      const answer = await fetch("/review/ahead?" + [query(), without].filter(Boolean).join("&"), { headers: { "X-Desk": "1" } });
      if (!answer.ok) return;
      const html = await answer.text();
      if (card() === now) ahead.innerHTML = html;
    } catch { /* the next decision fetches it again */ }
  }

  async function advance() {
    if (!ahead.firstElementChild) await fetchNext();
    else desk.replaceChildren(...ahead.childNodes);
    window.scrollTo({ top: 0 });
    // So that a screen reader reads the next recommendation.
    (desk.querySelector(".text") || document.getElementById("main")).focus({ preventScroll: true });
    ready();
  }

  // Where nothing was ready, the outbox empties first, so that what comes next is not what was just decided.
  async function fetchNext() {
    while (outbox.length && outbox.some((m) => !m.failed)) await new Promise((done) => setTimeout(done, 30));
    const answer = await fetch("/review/ahead?" + query(), { headers: { "X-Desk": "1" } });
    desk.innerHTML = await answer.text();
  }

  function put(form, verb) {
    const body = new URLSearchParams(new FormData(form));
    body.set("do", verb);
    body.set("seconds", ((performance.now() - shownAt) / 1000).toFixed(3));
    body.delete("add");
    outbox.push({ item: form.dataset.item, address: form.getAttribute("action"), body, tries: 0 });
    if (location.pathname === "/review") advance();
    send();
  }

  async function send() {
    if (sending) return;
    sending = true;
    while (outbox.length) {
      const message = outbox[0];
      let answer;
      try {
        answer = await fetch(message.address, { method: "POST", body: message.body, headers: { "X-Desk": "1" } });
      } catch { answer = null; }
      if (!answer || answer.status >= 500) {
        message.tries += 1;
        tell(words.offline, "bad");
        await new Promise((done) => setTimeout(done, Math.min(500 * 2 ** message.tries, 8000)));
        continue;
      }
      const html = await answer.text();
      if (answer.status === 401) { lostLogin(html); break; }
      outbox.shift();
      say(html);
      if (location.pathname !== "/review" && answer.ok) location.href = backTo();
    }
    sending = false;
  }

  function backTo() { return new URLSearchParams(location.search).get("from") === "adjudicate" ? "/adjudicate" : "/review" + desk.dataset.query; }

  function lostLogin(html) {
    say(html);
    const again = document.createElement("button");
    again.textContent = words.retry;
    again.addEventListener("click", async () => { await renew(); send(); });
    outcome.firstElementChild.append(" ", again);
  }

  // After a new login the old forms' tokens are void: take the new one from a fresh page.
  async function renew() {
    const page = new DOMParser().parseFromString(await (await fetch("/keys")).text(), "text/html");
    const fresh = page.querySelector("input[name=csrf]");
    if (!fresh) return;
    document.querySelectorAll("input[name=csrf]").forEach((i) => { i.value = fresh.value; });
    outbox.forEach((m) => m.body.set("csrf", fresh.value));
  }

  function act(verb) {
    const form = card();
    if (!form || form.dataset.decidable !== "yes") return;
    if (verb === "save" && !form.querySelector("input[name=action]:checked")) { tell(words.noAction, "bad"); return; }
    if (verb === "escalate" && !form.querySelector("textarea").value.trim()) { tell(words.noNote, "bad"); form.querySelector("textarea").focus(); return; }
    put(form, verb);
  }

  async function undo() {
    while (outbox.length) await new Promise((done) => setTimeout(done, 30));
    const body = new URLSearchParams({ csrf: csrf() });
    const answer = await fetch("/undo" + desk.dataset.query, { method: "POST", body, headers: { "X-Desk": "1" } });
    const html = await answer.text();
    if (!answer.ok) { say(html); return; }
    desk.innerHTML = html;
    tell(document.querySelector("#undo-form").dataset.done, "good");
    ready();
  }

  desk.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    const form = event.target;
    if (!pressed) return;
    if (pressed.name === "remove") { event.preventDefault(); window.deskTags.remove(form, pressed.value); }
    else if (pressed.name === "also") { event.preventDefault(); window.deskTags.add(form, pressed.value); pressed.remove(); }
    else if (pressed.value === "add") { event.preventDefault(); form.querySelector("input[name=add]").focus(); }
    else if (["save", "skip", "escalate"].includes(pressed.value)) { event.preventDefault(); act(pressed.value); }
  });
  document.getElementById("undo-form").addEventListener("submit", (event) => { event.preventDefault(); undo(); });
  document.getElementById("show-keys").addEventListener("click", (event) => { event.preventDefault(); keys.showModal(); });

  const typing = (element) => element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || keys.open) return;
    const form = card();
    // A dialog just closed keeps the focus on its button until the page is drawn again; keys are the page's already.
    const target = keys.contains(event.target) ? document.body : event.target;
    if (typing(target)) {
      if (event.key === "Escape") target.blur();
      else if (event.key === "Enter" && target.name === "add") { event.preventDefault(); if (!target.value.trim()) act("save"); }
      return;
    }
    const key = event.key.toLowerCase();
    if (event.key === "?") keys.showModal();
    else if (key === "u") undo();
    else if (!form) return;
    else if (/^[1-5]$/.test(key)) {
      const option = form.querySelector(`input[name=action][value="${key}"]`);
      option.checked = true;
      const name = option.closest("label").querySelector("b").textContent;
      window.deskTags.announce(words.actionSet.replace("{n}", key).replace("{name}", name));
    }
    else if (key === "enter") { if (target.closest("button, a, summary")) return; act("save"); }
    else if (key === "s") act("skip");
    else if (key === "t" || key === "/") form.querySelector("input[name=add]").focus();
    else if (key === "backspace") window.deskTags.remove(form);
    else if (key === "c") window.open("/codebook", "_blank", "noopener");
    else if (key === "e") { const part = form.querySelector("details.escalate"); if (!part) return; part.open = true; part.querySelector("textarea").focus(); }
    else return;
    event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => { if (outbox.length) event.preventDefault(); });
  ready();
})();
