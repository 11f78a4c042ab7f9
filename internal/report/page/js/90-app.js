// The address says what is shown; here it is read, and keys are heard.

// sections are those that were asked for.
const sections = [["overview", "Overview", true], ["stories", "Stories", D.parts.stories], ["clusters", "Clusters", D.parts.clusters], ["passages", "Passages", D.parts.passages],
  ["flow", "Flow", D.flow], ["phrases", "Phrases", D.parts.phrases], ["articles", "Articles", true], ["repeats", "Repeats", D.parts.passages], ["furniture", "Furniture", D.parts.passages]].filter((s) => s[2]);

// current is what the view on the screen wants to be told.
let current = {};

// parse splits "#story-12", "#pair-3-7-p2", "#stories?q=x" into name, numbers, mark and parameters.
function parse() {
  let hash = location.hash.slice(1);
  const mark = hash.indexOf("?");
  const q = new URLSearchParams(mark < 0 ? "" : hash.slice(mark + 1));
  if (mark >= 0) hash = hash.slice(0, mark);
  const [name, ...rest] = hash.split("-");
  const numbers = rest.filter((x) => /^\d+$/.test(x)).map(Number);
  const key = rest.find((x) => /^[pfru]\d+$/.test(x));
  return { name: name || "overview", numbers, key, q };
}

const there = (a) => Number.isInteger(a) && a >= 0 && a < N;

// view gives the content for an address, null for one that leads nowhere.
function view({ name, numbers, key, q }) {
  const [x, y] = numbers;
  if (name === "overview") return ["overview", overview()];
  if (name === "flow" && D.flow) return ["flow", flowView()];
  if (name === "search" || Object.hasOwn(kinds, name)) return [name, listView(name, q)];
  if (name === "story" && storyAt.has(x)) return ["stories", storyView(storyAt.get(x)), D.stories[storyAt.get(x)].h];
  if (name === "cluster" && clusterAt.has(x)) return ["clusters", clusterView(clusterAt.get(x)), "cluster " + x];
  if (name === "article" && there(x - 1)) return ["articles", articleView(x - 1, key), titleOf(x - 1)];
  if (name === "pair" && there(x - 1) && there(y - 1)) return ["", pairView(x - 1, y - 1, key), "side by side"];
  return null;
}

const needsText = (name) => name === "article" || name === "pair";
const places = new Map(); // where each address was scrolled to

async function show() {
  const at = parse();
  const before = current;
  if (before.at) places.set(before.at, scrollY);
  if (needsText(at.name) && document.readyState === "loading") {
    $("main").replaceChildren(h("p", { class: "empty", role: "status" }, "Reading the texts…"));
    await loaded;
  }
  if (before.list) before.list.unmount();
  if (before.hidden) before.hidden();
  const typing = document.activeElement && (document.activeElement.id === "narrow" || document.activeElement.id === "query") ? document.activeElement : null;
  current = { at: location.hash };
  const v = view(at);
  const main = $("main");
  main.replaceChildren(...(v ? v[1] : [h("h1", null, "Not here"), h("p", { class: "empty" }, "This page has nothing at that address. ", link("#overview", "Overview"))]).flat(3).filter((x) => x != null && x !== false));
  const name = v && v[2] ? v[2] : (sections.find(([s]) => v && s === v[0]) || [0, "Search"])[1];
  document.title = name.slice(0, 80) + " · dedup report";
  for (const a of $("nav").querySelectorAll("a")) {
    if (v && a.hash === "#" + v[0]) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
  $("query").value = at.name === "search" ? at.q.get("q") || "" : "";
  if (typing && typing.id === "narrow" && $("narrow")) {
    $("narrow").focus();
    $("narrow").setSelectionRange($("narrow").value.length, $("narrow").value.length);
  } else if (!typing && before.at != null) main.focus({ preventScroll: true });
  scrollTo(0, typing ? 0 : places.get(location.hash) || 0);
  if (current.list) current.list.mount();
  if (current.shown) current.shown();
  document.documentElement.dataset.ready = location.hash || "#overview";
}

const keyNames = [
  ["/", "search"], ["j, k", "next, previous row, passage or phrase"], ["Enter", "open; on a marked piece: go to its counterpart"], ["1 … " + sections.length, "sections, from the overview on"],
  ["u", "back to where this was opened from"], ["t", "light or dark"], ["?", "this list"], ["Esc", "close, leave the search"],
];

function showKeys() {
  const d = $("keys");
  d.replaceChildren(h("h2", { id: "keys-title" }, "Keys"), h("dl", null, keyNames.map(([k, what]) => [h("dt", null, k.split(/(?<=,) /).map((x) => h("kbd", null, x.replace(",", "")))), h("dd", null, what)])),
    h("form", { method: "dialog" }, h("button", null, "Close")));
  d.showModal();
}

function keydown(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || $("keys").open) return;
  const field = e.target instanceof Element && e.target.matches("input[type=search], select, textarea");
  if (e.key === "Escape" && field) { e.target.blur(); return; }
  if (field) return;
  if (current.keys && current.keys(e)) { e.preventDefault(); return; }
  if (e.key === "/") $("query").focus();
  else if (e.key === "?") showKeys();
  else if (e.key === "t") theme();
  else if (e.key === "u") history.back();
  else if (current.list && e.key === "j") current.list.move(1);
  else if (current.list && e.key === "k") current.list.move(-1);
  else if (sections[Number(e.key) - 1]) location.hash = "#" + sections[Number(e.key) - 1][0];
  else return;
  e.preventDefault();
}

// theme goes from what the system says to the other and back; it is remembered where the browser lets a file remember.
function theme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("dedup-theme", root.dataset.theme); } catch { /* not for a file in some browsers */ }
}

function start() {
  try { const t = localStorage.getItem("dedup-theme"); if (t === "light" || t === "dark") document.documentElement.dataset.theme = t; } catch { /* as above */ }
  const counts = { stories: D.summary.stories, clusters: D.summary.clusters, passages: D.totals.copied, phrases: D.summary.phrases, articles: D.summary.articles, repeats: D.summary.repeats, furniture: D.totals.furniture };
  $("nav").append(...sections.map(([id, name]) => h("a", { href: "#" + id }, name, id in counts ? h("small", { title: num(counts[id]) }, brief.format(counts[id])) : null)));
  let timer;
  $("query").addEventListener("input", (e) => {
    clearTimeout(timer);
    const q = e.target.value;
    timer = setTimeout(() => { const go = to.list("search", { q }); if (parse().name === "search") location.replace(go); else location.hash = go; }, 120);
  });
  $("find").addEventListener("submit", (e) => { e.preventDefault(); if (current.list) current.list.move(1); });
  $("theme").addEventListener("click", theme);
  $("help").addEventListener("click", showKeys);
  $("skip").addEventListener("click", (e) => { e.preventDefault(); $("main").focus(); });
  addEventListener("hashchange", show);
  addEventListener("keydown", keydown);
  addEventListener("beforeprint", () => current.list && current.list.print(true));
  addEventListener("afterprint", () => current.list && current.list.print(false));
  show();
}

start();
