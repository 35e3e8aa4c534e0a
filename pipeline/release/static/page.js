// What the pages of a release share: elements, tables that are saved, and data that is loaded.
"use strict";
const page = (() => {
  const made = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };

  const number = value => value.toLocaleString("en");

  // A cell that a spreadsheet would run as a formula gets an apostrophe, as in the other files of a release.
  const cell = text => `"${(/^'*[=+\-@\t\r]/.test(text) ? "'" + text : text).replaceAll('"', '""')}"`;

  // Saves lines of texts as a .csv file.
  function save(name, lines) {
    const rows = lines.map(line => line.map(cell).join(",") + "\r\n");
    const link = made("a", {
      href: URL.createObjectURL(new Blob(["\ufeff", ...rows], { type: "text/csv" })), download: name,
    });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // What a data file of this release holds. A page opened from a folder can load scripts, and read no files.
  async function data(file) {
    let text = null;
    window.packed = given => { text = given; };
    await new Promise((done, failed) => {
      const script = made("script", { src: file });
      script.onload = done;
      script.onerror = () => failed(new Error(`${file} is missing or cannot be read.`));
      document.head.append(script);
    });
    if (text === null) throw new Error(`${file} is damaged.`);
    try {
      const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
      const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      return JSON.parse(await new Response(plain).text());
    } catch (error) {
      throw new Error(`${file} is damaged (${error.message}).`);
    }
  }

  // Whether the browser can unpack data files; where it cannot, the page says so.
  function able(place) {
    if (typeof DecompressionStream === "function") return true;
    place.append(made("p", { class: "banner" }, "This browser is too old for this part of the page: it needs one "
      + "of 2023 or later. All that is in it also stands on the pages and in the tables below."));
    return false;
  }

  return { made, number, save, data, able };
})();
