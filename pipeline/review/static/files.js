// A file that is brought: it can be dropped anywhere on the form, and one that is too large is told before it is sent.
"use strict";
(() => {
  const form = document.querySelector("form.drop");
  if (!form) return;
  const field = form.querySelector("input[type=file]");
  const fault = document.getElementById(field.id + "-fault");

  function tell(text) {
    fault.textContent = text;
    fault.hidden = !text;
    field.setAttribute("aria-invalid", String(Boolean(text)));
    return !text;
  }
  const fits = () => tell(Array.from(field.files).some((file) => file.size > Number(form.dataset.most)) ? form.dataset.tooLarge : "");

  field.addEventListener("change", fits);
  form.addEventListener("submit", (event) => { if (!fits()) { event.preventDefault(); field.focus(); } });
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) form.classList.remove("over"); });
  form.addEventListener("drop", (event) => {
    event.preventDefault(); // else the browser opens the file in place of the desk
    form.classList.remove("over");
    const dropped = event.dataTransfer.files;
    if (dropped.length > 1) { tell(form.dataset.oneFile); return; }
    if (dropped.length === 1) { field.files = dropped; fits(); }
  });
})();
