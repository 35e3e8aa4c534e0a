// What the pages of a release share: elements, words and numbers of the page's language, tables that are saved,
// and data that is loaded. The words are in the file `words-` of the language, which is loaded before.
"use strict";
const page = (() => {
  const made = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };

  const language = document.documentElement.lang;
  const plural = new Intl.PluralRules(language);
  const number = value => value.toLocaleString(language, { useGrouping: "always" });

  // A sentence with its gaps filled, in the plural that `n` asks for.
  function say(key, values = {}) {
    const found = words[key];
    const text = typeof found === "string" ? found : found[plural.select(values.n)] || found.other;
    return text.replace(/\{(\w+)\}/g, (_, gap) => typeof values[gap] === "number" ? number(values[gap]) : values[gap]);
  }

  // A share of so many tenths of a per cent; null is one that is not defined.
  const percent = tenths => tenths === null ? "–" : say("percent", { value: (tenths / 10).toLocaleString(language,
    { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: "always" }) });

  const interval = (low, high) =>
    low === null ? "–" : say("interval", { low: percent(low), high: percent(high) });

  // The same page in another language keeps what was chosen, which is in the address.
  for (const link of document.querySelectorAll("nav.languages a"))
    link.addEventListener("click", () => { link.hash = location.hash; });

  // A cell that a spreadsheet would run as a formula gets an apostrophe, as in the other files of a release.
  const cell = text => `"${(/^'*[=+\-@\t\r]/.test(text) ? "'" + text : String(text)).replaceAll('"', '""')}"`;

  function hand(blob, name) {
    const link = made("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // Saves lines of texts and numbers as a .csv file.
  function save(name, lines) {
    const rows = lines.map(line => line.map(cell).join(",") + "\r\n");
    hand(new Blob(["\ufeff", ...rows], { type: "text/csv" }), name);
  }

  const UNWRITTEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
  const WIDEST = 60, NARROWEST = 10;

  // Saves the same as a workbook: heads stay in place, long texts are wrapped. The first line are the heads.
  async function saveWorkbook(name, lines) {
    if (typeof writeXlsxFile === "undefined") await script(scripts + "write-excel-file.js");
    const cells = lines.map((line, row) => line.map(value => {
      if (typeof value === "number") return { value, type: Number, alignVertical: "top" };
      const text = String(value).replace(UNWRITTEN, "");
      return { value: text, type: String, wrap: true, alignVertical: "top", ...row ? {} : { fontWeight: "bold" } };
    }));
    const columns = lines[0].map((_, at) => {
      const longest = Math.max(...lines.slice(0, 200).map(line => String(line[at]).length));
      return { width: Math.min(WIDEST, Math.max(NARROWEST, longest + 2)) };
    });
    hand(await writeXlsxFile(cells, { columns, stickyRowsCount: 1 }).toBlob(), name);
  }

  // Buttons that save what `lines` gives. Args: `what`, the words on the first; `name`, of the .csv.
  function saving(what, name, lines) {
    const plain = made("button", { type: "button" }, say(what));
    plain.addEventListener("click", () => save(name, lines()));
    const book = made("button", { type: "button" }, say("save-workbook"));
    book.addEventListener("click", () => {
      book.disabled = true;
      saveWorkbook(name.replace(/\.csv$/, ".xlsx"), lines())
        .catch(error => { book.after(made("span", { role: "alert" }, say("no-workbook", { why: error.message }))); })
        .finally(() => { book.disabled = false; });
    });
    return [plain, book];
  }

  const name = file => file.replace(/^(\.\.\/)+|^.*\/(?=site\/)/, "");

  // The folder of this script, where all others and the data are.
  const scripts = document.currentScript.src.replace(/[^/]*$/, "");

  // Loads a script of this release. A page opened from a folder can load scripts, and read no files.
  const script = file => new Promise((done, failed) => {
    const asked = made("script", { src: file });
    asked.onload = done;
    asked.onerror = () => failed(new Error(say("missing", { file: name(file) })));
    document.head.append(asked);
  });

  // What a data file of this release holds.
  async function data(file) {
    let text = null;
    window.packed = given => { text = given; };
    await script(file);
    if (text === null) throw new Error(say("damaged", { file: name(file) }));
    try {
      const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
      const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      return JSON.parse(await new Response(plain).text());
    } catch (error) {
      throw new Error(say("damaged-why", { file: name(file), why: error.message }));
    }
  }

  // Whether the browser can unpack data files; where it cannot, the page says so.
  function able(place) {
    if (typeof DecompressionStream === "function") return true;
    place.append(made("p", { class: "banner" }, say("old")));
    return false;
  }

  return { made, number, say, percent, interval, language, save, saving, data, able };
})();
