// Papers that the reader ticks, as BibTeX: copied or as a file. Each entry stands on its paper's own page and is read
// from there, so nothing leaves the site. Without scripts the file of the day holds all entries of the day.
"use strict";

{
  const TITLES = ".paper h3 > a, .paper .title > a, .cited a:not([href*='://'])";
  const AT_ONCE = 6;
  const ticked = new Map(); // address of a paper's page → title, in the order of ticking
  const entries = new Map(); // address → entry, as far as read

  const element = (name, properties = {}, children = []) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const told = element("p");
  told.setAttribute("role", "status");
  const copy = element("button", { type: "button", textContent: "Copy BibTeX", hidden: !navigator.clipboard });
  const save = element("button", { type: "button", textContent: "Download .bib" });
  const clear = element("button", { type: "button", textContent: "Untick all" });
  const bar = element("section", { className: "ticked", hidden: true }, [told, copy, save, clear]);
  bar.setAttribute("aria-label", "Papers ticked for BibTeX");

  const tell = () => {
    bar.hidden = !ticked.size;
    told.textContent = ticked.size === 1 ? "1 paper ticked" : `${ticked.size.toLocaleString("en")} papers ticked`;
  };

  const offer = (title) => {
    const paper = title.closest(".paper, li");
    if (!paper || paper.querySelector("label.tick")) return;
    const box = element("input", { type: "checkbox", value: title.href, checked: ticked.has(title.href) });
    box.setAttribute("aria-label", `cite ${title.textContent}`);
    const label = element("label", { className: "tick" }, [box, " cite"]);
    (paper.querySelector(".facts") ?? paper.querySelector(".authors") ?? paper).append(" ", label);
  };

  const read = async (address) => {
    if (entries.has(address)) return;
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    entries.set(address, page.getElementById("bibtex").textContent.trim());
  };

  const gather = async () => {
    const wanted = [...ticked.keys()];
    const waiting = [...wanted];
    const worker = async () => {
      while (waiting.length) await read(waiting.shift());
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return `${wanted.map((address) => entries.get(address)).join("\n\n")}\n`;
  };

  const act = async (done, use) => {
    try {
      await use(await gather());
      told.textContent = done;
    } catch (error) {
      told.textContent = location.protocol === "file:"
        ? "A browser lets no page read the files of a folder: open this site with the command “almanac serve”, or take the file of the day."
        : "The entries could not be had: try again, or take the file of the day.";
    }
  };

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("label.tick > input")) return;
    if (target.checked) ticked.set(target.value, target.getAttribute("aria-label"));
    else ticked.delete(target.value);
    tell();
  });
  copy.addEventListener("click", () => act("Copied", (text) => navigator.clipboard.writeText(text)));
  save.addEventListener("click", () => act("Saved as papers.bib", (text) => {
    const address = URL.createObjectURL(new Blob([text], { type: "application/x-bibtex" }));
    element("a", { href: address, download: "papers.bib" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }));
  clear.addEventListener("click", () => {
    ticked.clear();
    for (const box of document.querySelectorAll("label.tick > input")) box.checked = false;
    tell();
  });

  const main = document.getElementById("content");
  main.append(bar);
  for (const title of main.querySelectorAll(TITLES)) offer(title);
  const results = document.getElementById("results");
  if (results) {
    new MutationObserver(() => {
      for (const title of results.querySelectorAll(TITLES)) offer(title);
    }).observe(results, { childList: true });
  }
}
