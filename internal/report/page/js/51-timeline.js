// The articles of a story along time, a row for each source.

const dayLong = 864e5;
const moment = (a) => { const t = Date.parse(A.date[a] || ""); return Number.isNaN(t) ? null : t; };
const dayOnly = (a) => (A.date[a] || "").length <= 10;

// tickStep is the space between ticks of a span of time: a handful of them.
const tickStep = (span) => [36e5, 3 * 36e5, 6 * 36e5, 12 * 36e5, dayLong, 2 * dayLong, 7 * dayLong, 30 * dayLong, 91 * dayLong, 365 * dayLong, 3650 * dayLong].find((s) => span / s <= 7) || 36500 * dayLong;

const mostRows = 25;

function timeline(s) {
  const dated = s.a.filter((a) => moment(a) != null);
  if (dated.length < 2) return null;
  const times = dated.map(moment), from = Math.min(...times), until = Math.max(...times);
  if (until === from) return null;
  const margin = 0.06 * (until - from), x = (t) => 100 * (t - from + margin) / (until - from + 2 * margin);
  const rows = new Map();
  for (const a of dated.sort((p, q) => moment(p) - moment(q) || p - q)) {
    const key = A.source[a] || "#" + a;
    if (!rows.has(key)) rows.set(key, []);
    rows.get(key).push(a);
  }
  const step = Math.max(tickStep(until - from), dated.every(dayOnly) ? dayLong : 0), ticks = [];
  for (let t = Math.ceil(from / step) * step; t <= until; t += step) ticks.push(t);
  const label = (t) => { const d = new Date(t).toISOString(); return step < dayLong ? (t % dayLong ? d.slice(11, 16) : d.slice(5, 10)) : step < 30 * dayLong ? d.slice(5, 10) : step < 365 * dayLong ? d.slice(0, 7) : d.slice(0, 4); };
  const put = (e, t) => { e.style.insetInlineStart = x(t) + "%"; return e; };
  const grid = () => ticks.map((t) => put(h("i", { class: "tick", "aria-hidden": "true" }), t));
  const dot = (a) => {
    const say = titleOf(a) + ", " + when(a) + (duplicate(a) ? ", duplicate" : "") + (agency(a) ? ", credits " + agency(a) : "");
    return put(h("a", { class: "dot-at" + (duplicate(a) ? " dup" : "") + (agency(a) ? " wire" : "") + (dayOnly(a) ? " day" : ""), href: to.article(a), title: say, "aria-label": say }), moment(a));
  };
  const list = [...rows.values()];
  const missing = s.a.length - dated.length;
  const some = (test) => dated.some(test);
  return section("Over time", timeSpan(dated), h("div", { class: "timeline" },
    h("ol", { "aria-label": "Articles by source, in order of time" }, list.slice(0, mostRows).map((as) => h("li", null,
      h("span", { class: "name", dir: "auto", title: source(as[0]) || titleOf(as[0]) }, source(as[0]) || titleOf(as[0])), h("span", { class: "lane" }, grid(), as.slice(0, 200).map(dot))))),
    h("p", { class: "ticks", "aria-hidden": "true" }, h("span"), h("span", { class: "lane" }, ticks.map((t) => put(h("span", null, label(t)), t))))),
  h("p", { class: "hint" }, between([list.length > mostRows ? "the " + mostRows + " sources that came first, of " + num(list.length) : null,
    missing ? count(missing, "article") + " without a date " + plural(missing, "is", "are") + " not drawn" : null,
    some(dayOnly) ? "a hollow point has a day and no time, and stands at its beginning" : null, some(duplicate) ? "orange: a duplicate" : null, some((a) => agency(a)) ? "ringed: credits an agency" : null])));
}
