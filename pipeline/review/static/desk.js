// The review page: keys, and what the page says. A decision shows the next recommendation at once, which is here already;
// the outbox sends it meanwhile, and only the desk's answer says that it is saved. Without this script the page's forms do
// the same, one page at a time.
"use strict";
(() => {
  const desk = document.getElementById("desk");
  if (!desk) return;
  const ahead = document.getElementById("ahead");
  const outcome = document.getElementById("outcome");
  const words = document.getElementById("words").dataset;
  const keys = document.getElementById("keys");
  const refusals = document.getElementById("refusals");
  const left = document.getElementById("left");
  const outbox = window.deskOutbox;
  const LOOK_MS = 400; // nobody has read a recommendation that was on the screen for less
  let shownAt = performance.now();
  let undoBefore = "";
  let undoRequest = "";
  let clicked = false;

  const card = () => desk.querySelector("form.card");
  const hidden = (name) => document.querySelector(`#undo-form input[name=${name}]`).value;
  const query = () => desk.dataset.query.replace(/^\?/, "");
  const newRequest = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

  function say(html) { outcome.innerHTML = html; }
  function tell(text, kind) {
    const line = document.createElement("p");
    line.className = "notice " + kind;
    line.textContent = text;
    if (kind === "bad") line.setAttribute("role", "alert");
    outcome.replaceChildren(line);
    return line;
  }

  // A refusal stays until it is closed, whatever is saved meanwhile. It says which recommendation it is about, and gives back
  // the note that was written on it.
  function refuse(html, message) {
    const holder = document.createElement("div");
    holder.innerHTML = html;
    const line = holder.firstElementChild;
    const about = document.createElement("span");
    about.className = "about";
    about.textContent = words.about.replace("{text}", () => message.excerpt) + " ";
    line.prepend(about);
    const [, note] = message.fields.find(([name]) => name === "note") || ["", ""];
    if (note.trim()) line.append(" ", words.yourNote.replace("{note}", () => note.trim()));
    const close = document.createElement("button");
    close.className = "quiet small";
    close.setAttribute("aria-label", words.dismiss);
    close.textContent = "×";
    close.addEventListener("click", () => line.remove());
    line.append(" ", close);
    refusals.append(line);
  }

  function count(number) {
    const n = Math.max(0, number);
    left.dataset.count = n;
    const lang = document.documentElement.lang;
    const forms = JSON.parse(left.dataset.words);
    left.textContent = (forms[new Intl.PluralRules(lang).select(n)] || forms.other).replace("{n}", n.toLocaleString(lang));
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
    const without = [now.dataset.item, ...outbox.items()].map((i) => "without=" + i).join("&");
    const answer = await asked("/review/ahead?" + [query(), without].filter(Boolean).join("&"));
    if (!answer || !answer.ok) return; // the next decision fetches it again
    const html = await answer.text();
    if (card() === now) ahead.innerHTML = html;
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
    await outbox.empty();
    for (let tries = 0; ; tries += 1) {
      const answer = await asked("/review/ahead?" + query());
      if (answer) { desk.innerHTML = await answer.text(); return; }
      tell(words.noNext, "bad");
      await new Promise((go) => setTimeout(go, Math.min(500 * 2 ** tries, 8000)));
    }
  }

  // What the desk answers; null where nobody does, or somebody else.
  async function asked(address, how = {}) {
    try {
      const answer = await fetch(address, { ...how, headers: { "X-Desk": "1" } });
      return outbox.fromDesk(answer) && answer.status < 500 ? answer : null;
    } catch { return null; }
  }

  function put(form, verb) {
    const fields = Array.from(new FormData(form)).filter(([name]) => name !== "add" && name !== "csrf");
    fields.push(["do", verb], ["seconds", ((performance.now() - shownAt) / 1000).toFixed(3)]);
    const excerpt = form.querySelector(".text").textContent.trim().slice(0, 80);
    form.dataset.sent = "yes";
    outbox.put({ item: form.dataset.item, address: form.getAttribute("action"), fields, excerpt, verb, request: newRequest() });
    if (location.pathname === "/review") advance();
  }

  outbox.on("waiting", () => tell(words.offline, "bad"));
  outbox.on("sent", (message, ok, html) => {
    if (!ok) { refuse(html, message); return; }
    say(html);
    undoBefore = "";
    if (message.verb !== "skip") count(Number(left.dataset.count) - 1);
    if (location.pathname !== "/review") location.href = backTo(message.item);
  });
  outbox.on("lost", (html, why) => {
    if (why === "person") tell(words.otherPerson, "bad"); else say(html);
    offerAgain();
  });

  function offerAgain() {
    const again = document.createElement("button");
    again.textContent = words.retry;
    again.addEventListener("click", async () => {
      const still = await outbox.renew();
      if (!still) outbox.send();
      if (still !== "person" && still !== "offline") return;
      tell(still === "person" ? words.otherPerson : words.offline, "bad");
      offerAgain();
    });
    outcome.firstElementChild.append(" ", again);
  }

  function backTo(item) { return new URLSearchParams(location.search).get("from") === "adjudicate" ? "/adjudicate/next?after=" + item : "/review" + desk.dataset.query; }

  function act(verb) {
    const form = card();
    if (!form || form.dataset.decidable !== "yes" || performance.now() - shownAt < LOOK_MS) return;
    if (form.dataset.sent && location.pathname === "/review") return; // the next one is on its way
    if (verb === "save" && !window.deskTags.finish(form)) return;
    if (verb === "save" && !form.querySelector("input[name=action]:checked")) { tell(words.noAction, "bad"); return; }
    if (verb === "escalate" && !form.querySelector("textarea").value.trim()) { tell(words.noNote, "bad"); form.querySelector("textarea").focus(); return; }
    put(form, verb);
  }

  // An adjudicator says with one key which reading is right; the form then holds its codes, and is saved.
  function settle(which) {
    const form = card();
    const button = form && form.querySelector(`button[value=settle-${which}]`);
    if (!button) return false;
    const option = form.querySelector(`input[name=action][value="${button.dataset.action}"]`);
    option.checked = true;
    window.deskTags.chosen(form).forEach((tag) => window.deskTags.remove(form, tag));
    JSON.parse(button.dataset.issues).forEach((tag) => window.deskTags.add(form, tag));
    form.querySelector("input[name=add]").value = "";
    act("save");
    return true;
  }

  async function undo() {
    if (outbox.size) tell(words.saving, "info");
    await outbox.empty();
    const body = new URLSearchParams({ csrf: hidden("csrf"), person: hidden("person") });
    if (undoBefore) body.set("before", undoBefore);
    undoRequest = undoRequest || newRequest(); // until it is answered, another press is the same undo
    body.set("request", undoRequest);
    const answer = await asked("/undo" + desk.dataset.query, { method: "POST", body });
    if (!answer) { tell(words.notUndone, "bad"); return; }
    undoRequest = "";
    const html = await answer.text();
    if (!answer.ok) {
      const [reason, entry] = (answer.headers.get("x-desk-reason") || "").split(" ");
      if (reason === "refused.undo-moved") undoBefore = entry;
      say(html);
      return;
    }
    undoBefore = "";
    desk.innerHTML = html;
    tell(document.querySelector("#undo-form").dataset.done, "good");
    count(Number(answer.headers.get("x-desk-left")));
    ready();
  }

  desk.addEventListener("click", (event) => { clicked = event.detail > 0; }, true);
  desk.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    const form = event.target;
    if (!pressed) return;
    if (pressed.name === "remove") {
      event.preventDefault();
      window.deskTags.remove(form, pressed.value);
      // A click leaves no button to press by accident: the next Enter decides.
      if (clicked) form.querySelector(".text").focus({ preventScroll: true });
    }
    else if (pressed.name === "also") { event.preventDefault(); window.deskTags.add(form, pressed.value); pressed.disabled = true; }
    else if (pressed.value === "add") { event.preventDefault(); form.querySelector("input[name=add]").focus(); }
    else if (pressed.value.startsWith("settle-")) { event.preventDefault(); settle(pressed.value.slice(7)); }
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
      else if (event.key === "Enter" && target.name === "add") { event.preventDefault(); if (!event.repeat && !target.value.trim()) act("save"); }
      return;
    }
    // Digits by their place on the keyboard: on a French one they need Shift otherwise.
    const digit = event.shiftKey && !/^\d$/.test(event.key) ? null : /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    const key = digit ? digit[1] : event.key.toLowerCase();
    if (event.repeat && key !== "backspace") { event.preventDefault(); return; } // a held key is pressed once
    if (event.key === "?") keys.showModal();
    else if (key === "u") undo();
    else if (!form) return;
    else if (/^[1-5]$/.test(key)) {
      const option = form.querySelector(`input[name=action][value="${key}"]`);
      option.checked = true;
      const name = option.closest("label").querySelector("b").textContent;
      window.deskTags.announce(words.actionSet.replace("{n}", key).replace("{name}", name));
    }
    else if (/^[6-9]$/.test(key)) {
      const also = form.querySelectorAll("button[name=also]")[Number(key) - 6];
      if (!also) return;
      window.deskTags.add(form, also.value);
      also.disabled = true; // its key stays its own: the others do not move up
    }
    else if (key === "enter") { if (target.closest("button, a, summary")) return; act("save"); }
    else if (key === "a" || key === "b") { if (!settle(key === "a" ? "first" : "second")) return; }
    else if (key === "s") act("skip");
    else if (key === "t" || key === "/") form.querySelector("input[name=add]").focus();
    else if (key === "backspace") window.deskTags.remove(form);
    else if (key === "c") window.open("/codebook", "_blank", "noopener");
    else if (key === "e" || key === "n") { const part = form.querySelector("details.escalate"); if (!part) return; part.open = true; part.querySelector("textarea").focus(); }
    else return;
    event.preventDefault();
  });
  window.addEventListener("beforeunload", (event) => { if (outbox.size) event.preventDefault(); });
  ready();
  outbox.resume();
})();
