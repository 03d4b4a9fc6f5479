// The search page: asks the index that was made with the site, in this browser; nothing leaves it.
const root = new URL(document.body.dataset.root, location.href);
const form = document.getElementById("search");
const field = document.getElementById("q");
const found = document.getElementById("found");
const list = document.getElementById("results");
const more = document.getElementById("more");
const selects = [...form.querySelectorAll("select")];
const PAGE = 20;

let index;
let hits = [];
let shown = 0;
let asked = 0;

const element = (name, properties = {}, children = []) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

// An excerpt marks the words that were found; only these marks are kept, as elements.
const excerpt = (html) => {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return [...parsed.body.childNodes].map((node) =>
    node.nodeName === "MARK" ? element("mark", { textContent: node.textContent }) : node.textContent);
};

const item = ({ url, meta, excerpt: text }) => {
  const address = new URL(url.replace(/^\//, "").replace(/\.html$/, "/index.html"), root);
  return element("li", { className: "paper", tabIndex: -1 }, [
    element("p", { className: "title" }, [element("a", { href: address.href, textContent: meta.title })]),
    element("p", { className: "authors" }, [
      [meta.authors, meta.day].filter(Boolean).join(" · "),
      ...(meta.label ? [" ", element("span", { className: "label", textContent: meta.label })] : []),
    ]),
    element("p", { className: "tldr" }, excerpt(text)),
  ]);
};

const showMore = async (turn) => {
  const part = await Promise.all(hits.slice(shown, shown + PAGE).map((hit) => hit.data()));
  if (turn !== asked) return;
  shown += part.length;
  list.append(...part.map(item));
  more.hidden = shown >= hits.length;
};

const look = async () => {
  const turn = ++asked;
  const filters = Object.fromEntries(selects.filter(({ value }) => value).map(({ name, value }) => [name, value]));
  const words = field.value.trim();
  const address = new URL(location.href);
  for (const { name, value } of [field, ...selects]) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState(null, "", address);
  if (!words && !Object.keys(filters).length) {
    list.replaceChildren();
    found.textContent = "";
    more.hidden = true;
    return;
  }
  const answer = await index.search(words || null, { filters });
  if (turn !== asked) return;
  hits = answer.results;
  shown = 0;
  list.replaceChildren();
  found.textContent = hits.length === 1 ? "1 paper" : `${hits.length.toLocaleString("en")} papers`;
  await showMore(turn);
};

const start = async () => {
  try {
    index = await import(new URL("pagefind/pagefind.js", root));
    await index.options({ bundlePath: new URL("pagefind/", root).pathname, baseUrl: "/" });
    const parts = await (await fetch(new URL("pagefind/parts.json", root))).json();
    await Promise.all(parts.map((part) => index.mergeIndex(new URL(`pagefind/${part}/`, root).href, { baseUrl: "/" })));
    await index.init();
    const filters = await index.filters();
    for (const select of selects) {
      const values = Object.keys(filters[select.name] ?? {}).sort();
      if (select.name === "month") values.reverse();
      select.append(...values.map((value) =>
        element("option", { value, textContent: `${value} (${filters[select.name][value].toLocaleString("en")})` })));
    }
  } catch (error) {
    found.textContent = location.protocol === "file:"
      ? "A browser lets no page search a folder: open this site with the command “almanac serve”, or from a web server."
      : "The search index cannot be read.";
    return;
  }
  const given = new URL(location.href).searchParams;
  for (const control of [field, ...selects]) control.value = given.get(control.name) ?? "";
  form.hidden = false;
  let waiting;
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 150); });
  for (const select of selects) select.addEventListener("change", look);
  form.addEventListener("submit", (event) => { event.preventDefault(); look(); });
  more.addEventListener("click", () => showMore(asked));
  field.focus();
  await look();
};

start();
