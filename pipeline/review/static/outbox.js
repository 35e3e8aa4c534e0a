// The outbox: decisions on their way to the desk. Each is kept in the browser until the desk has answered, so that neither
// a lost connection nor a closed page loses one; only its own person's login sends it. An answer without the desk's own
// header is somebody else's, such as the login page of a network, and says nothing of the decision.
"use strict";
window.deskOutbox = (() => {
  const KEY = "upr-review-outbox";
  const listeners = { sent: () => {}, waiting: () => {}, lost: () => {} };
  let messages = [];
  let sending = false;

  const person = () => document.querySelector("#undo-form input[name=person]").value;
  const csrf = () => document.querySelector("#undo-form input[name=csrf]").value;

  function stored() {
    try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; }
  }
  // Messages of other people and of other tabs stay as they are.
  function store() {
    const mine = new Set(messages.map((m) => m.key));
    const others = stored().filter((m) => !mine.has(m.key) && !done.has(m.key));
    try { localStorage.setItem(KEY, JSON.stringify([...others, ...messages])); } catch { /* the page still holds them */ }
  }
  const done = new Set();

  function put(message) {
    const waiting = messages.findIndex((m) => m.item === message.item);
    // A correction of what has not been answered takes its place. It is another request, so that the desk cannot take it
    // for the first one sent again.
    if (waiting >= 0 && !(waiting === 0 && sending && !messages[0].tries)) {
      done.add(messages[waiting].key);
      messages.splice(waiting, 1);
    }
    messages.push({ ...message, key: message.request, person: person(), tries: 0 });
    store();
    send();
  }

  function settle(message) {
    done.add(message.key);
    messages = messages.filter((m) => m !== message);
    store();
  }

  const fromDesk = (answer) => Boolean(answer) && answer.headers.has("x-desk");

  async function wait(message) {
    message.tries += 1;
    listeners.waiting(messages.length);
    await new Promise((go) => setTimeout(go, Math.min(500 * 2 ** message.tries, 8000)));
  }

  async function send() {
    if (sending) return;
    sending = true;
    while (messages.length) {
      const message = messages[0];
      const body = new URLSearchParams(message.fields);
      body.set("csrf", csrf());
      body.set("person", message.person);
      body.set("request", message.request);
      let answer;
      try {
        answer = await fetch(message.address, { method: "POST", body, headers: { "X-Desk": "1" } });
      } catch { answer = null; }
      if (!messages.includes(message)) continue; // replaced meanwhile by a correction
      if (!fromDesk(answer) || answer.status >= 500) { await wait(message); continue; }
      const html = await answer.text();
      const reason = answer.headers.get("x-desk-reason") || "";
      if (answer.status === 401) { listeners.lost(html, "login"); break; }
      if (/^refused\.(other-person|csrf)/.test(reason) && !message.renewed) {
        message.renewed = true; // a new login made the token void; whose login it is, decides
        const still = await renew();
        if (!still) continue;
        message.renewed = false;
        if (still === "offline") { await wait(message); continue; }
        listeners.lost(html, still);
        break;
      }
      settle(message);
      listeners.sent(message, answer.ok, html);
    }
    sending = false;
  }

  // After a new login the old token is void: take the new one from a fresh page, if the same person is logged in.
  async function renew() {
    let html;
    try {
      const answer = await fetch("/keys");
      if (!fromDesk(answer)) return "offline";
      html = await answer.text();
    } catch { return "offline"; }
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.querySelector("form[data-csrf]");
    if (!fresh) return "login";
    if (fresh.dataset.person !== person()) return "person";
    document.querySelectorAll("input[name=csrf]").forEach((i) => { i.value = fresh.dataset.csrf; });
    return "";
  }

  // What an earlier page of the same person could not send.
  function resume() {
    messages = stored().filter((m) => m.person === person()).map((m) => ({ ...m, tries: 0 }));
    if (messages.length) send();
  }

  return {
    put, send, renew, resume, fromDesk,
    on: (name, call) => { listeners[name] = call; },
    get size() { return messages.length; },
    items: () => messages.map((m) => m.item),
    empty: async () => { while (messages.length) await new Promise((go) => setTimeout(go, 30)); },
  };
})();
