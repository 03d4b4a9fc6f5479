// Keys and the copy buttons. The pages are whole without them.
"use strict";

const root = document.body.dataset.root;

const follow = (relation) => {
  const link = document.querySelector(`link[rel="${relation}"]`);
  if (link) location.href = link.href;
};

const step = (by) => {
  const papers = [...document.querySelectorAll(".paper")];
  if (!papers.length) return;
  const at = papers.indexOf(document.activeElement.closest(".paper"));
  const next = papers[at < 0 ? (by > 0 ? 0 : papers.length - 1) : Math.min(Math.max(at + by, 0), papers.length - 1)];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
};

const search = () => {
  const field = document.getElementById("q");
  if (field) field.focus();
  else location.href = `${root}search/index.html`;
};

const tick = () => {
  const paper = document.activeElement.closest(".paper");
  paper?.querySelector("label.tick > input")?.click();
};

const keys = {
  j: () => step(1),
  k: () => step(-1),
  x: tick,
  "/": search,
  ArrowLeft: () => follow("prev"),
  ArrowRight: () => follow("next"),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
  const scrolling = event.key.startsWith("Arrow") && event.target.closest(".scroll, .wide");
  if (typing || scrolling || event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});

const offerCopy = (id, words) => {
  const source = document.getElementById(id);
  if (!source || !navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = words; }, 2000);
  });
  source.after(button);
};

offerCopy("citation", "Copy citation");
offerCopy("bibtex", "Copy BibTeX");
