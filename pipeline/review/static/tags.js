// Tags in a card: chips that are added and removed in place, and a field that finds tags while one types.
"use strict";
window.deskTags = (() => {
  const words = () => document.getElementById("words").dataset;
  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/’/g, "'").toLowerCase();
  let known = null;
  let skipped = new Set();

  function tags() {
    if (!known) {
      skipped = new Set(document.getElementById("all-tags").dataset.skipped.split("|").map(fold));
      // `label` is what is stored, `name` what is shown: the tag's name in the language of the page.
      known = Array.from(document.querySelectorAll("#all-tags option"), (o) => ({
        label: o.dataset.label,
        name: o.value,
        phrases: o.dataset.words.split("|").filter(Boolean).map((text) => ({ text, folded: fold(text) })),
        definition: fold(o.dataset.definition),
        names: o.dataset.names.split("|").map(fold),
      }));
    }
    return known;
  }

  const nameOf = (label) => (tags().find((tag) => tag.label === label) || { name: label }).name;

  function chosen(card) {
    return Array.from(card.querySelectorAll(".chips input[name=issues]"), (i) => i.value);
  }

  // How well a tag fits typed letters: less is better, null for not at all. What people call an issue is in the codebook's
  // phrases for its tag; `by` is the phrase that fits, to show why the tag is offered.
  function fit(tag, typed) {
    const whole = typed.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    const told = whole.filter((word) => !skipped.has(word));
    const parts = told.length ? told : whole;
    const begins = (text, part) => text.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(part));
    const all = (text) => parts.length > 0 && parts.every((part) => begins(text, part));
    if (tag.names.some((name) => name === typed)) return { rank: 0, by: "" };
    if (tag.names[0].startsWith(typed)) return { rank: 1, by: "" };
    if (tag.names.some(all)) return { rank: 2, by: "" };
    const phrase = tag.phrases.find((p) => p.folded === typed) || tag.phrases.find((p) => p.folded.startsWith(typed)) || tag.phrases.find((p) => all(p.folded));
    if (phrase) return { rank: phrase.folded === typed ? 3 : phrase.folded.startsWith(typed) ? 4 : 5, by: phrase.text };
    if (parts.length > 0 && tag.names.some((name) => parts.every((part) => name.includes(part)))) return { rank: 6, by: "" };
    return all(tag.definition) ? { rank: 7, by: "" } : null;
  }

  function matches(card, typed) {
    const have = new Set(chosen(card));
    const sought = fold(typed).trim();
    return tags()
      .filter((tag) => !have.has(tag.label))
      .map((tag) => ({ label: tag.label, name: tag.name, fit: fit(tag, sought) }))
      .filter((found) => found.fit)
      .sort((a, b) => a.fit.rank - b.fit.rank)
      .slice(0, 8);
  }

  function announce(text) {
    const place = document.getElementById("outcome");
    const line = document.createElement("p");
    line.className = "visually-hidden";
    line.textContent = text;
    place.querySelectorAll(".visually-hidden").forEach((old) => old.remove());
    place.append(line);
  }

  function add(card, label) {
    if (chosen(card).includes(label)) return;
    const item = document.createElement("li");
    item.className = "chip";
    const value = document.createElement("input");
    value.type = "hidden";
    value.name = "issues";
    value.value = label;
    const button = document.createElement("button");
    button.name = "remove";
    button.value = label;
    const verb = document.createElement("span");
    verb.className = "visually-hidden";
    verb.textContent = words().remove;
    const cross = document.createElement("span");
    cross.className = "cross";
    cross.setAttribute("aria-hidden", "true");
    cross.textContent = "×";
    button.append(verb, " " + nameOf(label) + " ", cross);
    item.append(value, button);
    card.querySelector(".chips").append(item);
    announce(words().added.replace("{tag}", nameOf(label)));
  }

  function remove(card, label) {
    const inputs = Array.from(card.querySelectorAll(".chips input[name=issues]"));
    const found = label === undefined ? inputs.at(-1) : inputs.find((i) => i.value === label);
    if (!found) return;
    const item = found.closest("li");
    const held = item.contains(document.activeElement);
    const next = item.nextElementSibling || item.previousElementSibling;
    item.remove();
    card.querySelectorAll("button[name=also]").forEach((also) => { if (also.value === found.value) also.disabled = false; });
    announce(words().removed.replace("{tag}", nameOf(found.value)));
    if (held) (next ? next.querySelector("button") : card.querySelector("input[name=add]")).focus();
  }

  function fault(card, text) {
    const field = card.querySelector("input[name=add]");
    const line = document.getElementById(field.id + "-fault");
    line.textContent = text;
    line.hidden = !text;
    field.setAttribute("aria-invalid", String(Boolean(text)));
    if (text) field.setAttribute("aria-describedby", line.id); else field.removeAttribute("aria-describedby");
  }

  // The tag that typed letters stand for: its name or another name of it in full, else the only one they fit.
  function meant(card, typed) {
    const whole = tags().find((t) => t.names.includes(fold(typed).trim()));
    if (whole) return whole.label;
    const found = matches(card, typed);
    return found.length === 1 ? found[0].label : null;
  }

  // Before a decision is saved, what stands in the field becomes a tag; false, with the reason beside it, if it cannot.
  function finish(card) {
    const field = card.querySelector("input[name=add]");
    const typed = field ? field.value.trim() : "";
    if (!typed) return true;
    const label = meant(card, typed);
    if (!label) {
      fault(card, words().unfinished.replace("{typed}", typed));
      field.focus();
      return false;
    }
    add(card, label);
    field.value = "";
    fault(card, "");
    return true;
  }

  function equip(card) {
    const field = card.querySelector("input[name=add]");
    if (!field || field.dataset.ready) return;
    field.dataset.ready = "yes";
    field.removeAttribute("list");
    const list = document.createElement("ul");
    list.className = "listbox";
    list.id = field.id + "-list";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.placeholder);
    list.hidden = true;
    field.after(list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");
    let place = 0;

    const show = () => {
      const found = field.value.trim() ? matches(card, field.value) : [];
      place = 0;
      list.replaceChildren(
        ...found.map((tag, i) => {
          const option = document.createElement("li");
          option.id = list.id + "-" + i;
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", i === 0 ? "true" : "false");
          option.dataset.label = tag.label;
          option.textContent = tag.name;
          if (tag.fit.by) {
            const by = document.createElement("span");
            by.className = "faint";
            by.textContent = " " + tag.fit.by;
            option.append(by);
          }
          option.addEventListener("mousedown", (event) => { event.preventDefault(); pick(tag.label); });
          return option;
        }),
      );
      list.hidden = !found.length;
      if (found.length) list.scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-expanded", String(!list.hidden));
      if (found.length) field.setAttribute("aria-activedescendant", list.id + "-0");
      else field.removeAttribute("aria-activedescendant");
    };
    const hide = () => {
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const pick = (label) => { add(card, label); field.value = ""; hide(); };
    const move = (step) => {
      const options = list.children;
      if (list.hidden || !options.length) return;
      options[place].setAttribute("aria-selected", "false");
      place = (place + step + options.length) % options.length;
      options[place].setAttribute("aria-selected", "true");
      options[place].scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", options[place].id);
    };

    field.addEventListener("input", () => { fault(card, ""); show(); });
    field.addEventListener("blur", hide);
    field.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") { move(1); event.preventDefault(); }
      else if (event.key === "ArrowUp") { move(-1); event.preventDefault(); }
      else if (event.key === "Escape") { field.value = ""; fault(card, ""); hide(); field.blur(); event.preventDefault(); event.stopPropagation(); }
      else if (event.key === "Backspace" && field.value === "") { remove(card); event.preventDefault(); }
      else if (event.key === "Enter" && field.value.trim()) {
        event.preventDefault();
        event.stopPropagation(); // this Enter adds a tag; the next one, in the empty field, accepts
        const have = chosen(card).find((label) => label === meant(card, field.value));
        if (have) fault(card, words().chosen.replace("{tag}", nameOf(have)));
        else if (!list.hidden && list.children.length) pick(list.children[place].dataset.label);
        else fault(card, words().noTag);
      }
    });
  }

  return { add, remove, equip, finish, chosen, announce };
})();
