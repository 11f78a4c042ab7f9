// Tables that are sorted by their heads, and what is copied from them.

// csvCell quotes a cell (RFC 4180). A spreadsheet must not take an article's words for a formula, so an apostrophe goes before what begins like one.
function csvCell(v) {
  if (typeof v === "number") return String(v);
  const s = String(v == null ? "" : v);
  const safe = /^[=+\-@\t\r]/.test(s) ? "'" + s : s;
  return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
}

const csv = (heads, rows) => [heads, ...rows].map((r) => r.map(csvCell).join(",")).join("\r\n") + "\r\n";

// copyText puts s on the clipboard; a field that is selected does where a file may not write there.
async function copyText(s) {
  try {
    await navigator.clipboard.writeText(s);
    return true;
  } catch {
    const field = h("textarea", { class: "hidden", "aria-hidden": "true" });
    field.value = s;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

// copyButton copies what make gives: {heads, rows}.
function copyButton(make) {
  const b = h("button", { type: "button", class: "copy", onclick: async () => {
    const t = make(), done = await copyText(csv(t.heads, t.rows));
    b.dataset.copied = csv(t.heads, t.rows).length;
    b.textContent = done ? "copied " + count(t.rows.length, "row") : "not allowed by the browser";
    say(b.textContent);
    setTimeout(() => { b.textContent = "Copy as CSV"; }, 2500);
  } }, "Copy as CSV");
  return b;
}

// dataTable is a table of rows; columns are {name, of: row → value to sort and copy by, show: row → nodes, num, title}. The column by begins, the largest first
// where its values are numbers.
function dataTable(label, columns, rows, by, most) {
  let at = by, down = true, open = false;
  const body = h("tbody"), heads = h("tr"), more = h("p", { class: "more" });
  const value = (c, r) => (c.of ? c.of(r) : "");
  const sorted = () => {
    const c = columns[at], sign = down ? -1 : 1;
    return [...rows].sort((x, y) => {
      const a = value(c, x), b = value(c, y);
      if (a === "" || b === "") return (a === "") - (b === "");
      return sign * (typeof a === "string" ? a.localeCompare(b) : a - b) || rows.indexOf(x) - rows.indexOf(y);
    });
  };
  const draw = () => {
    heads.replaceChildren(...columns.map((c, i) => h("th", { scope: "col", class: c.num ? "num" : "", "aria-sort": i === at ? (down ? "descending" : "ascending") : null, title: c.title || null },
      h("button", { type: "button", onclick: () => { down = i === at ? !down : !!c.num; at = i; draw(); } }, c.name, h("span", { "aria-hidden": "true" }, i === at ? (down ? " ↓" : " ↑") : "")))));
    const list = sorted(), shown = open ? list : list.slice(0, most || 50);
    body.replaceChildren(...shown.map((r) => h("tr", null, columns.map((c, i) => h(i ? "td" : "th", { scope: i ? null : "row", class: c.num ? "num" : "", "data-name": c.name }, c.show ? c.show(r) : c.num && value(c, r) !== "" ? num(value(c, r)) : own(String(value(c, r))))))));
    more.replaceChildren(...(shown.length < list.length ? [h("button", { type: "button", onclick: () => { open = true; draw(); } }, "show all " + num(list.length))] : []));
  };
  draw();
  return [h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, h("table", { class: "data" }, h("caption", { class: "hidden" }, label), h("thead", null, heads), body)),
    h("p", { class: "tablefoot" }, copyButton(() => ({ heads: columns.map((c) => c.name), rows: sorted().map((r) => columns.map((c) => value(c, r))) }))), more];
}
