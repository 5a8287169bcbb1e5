"use strict";
/* A table of many rows: heads that sort, a page at a time, and a pager. The rows are numbers of entries in some list. */
ITA.table = ({ table, pager, columns, size = 50, sort, order = 1, onsort = () => {} }) => {
  const { el, t } = ITA;
  let rows = [];
  let at = 0;
  const state = { sort, order };

  const heads = columns.map((column) => {
    const button = el("button", { type: "button", title: column.title, onclick: () => choose(column) }, column.head);
    return el("th", { scope: "col", class: [column.number ? "number" : "", column.optional ? "optional" : ""].join(" ").trim() || null }, button);
  });
  table.tHead.replaceChildren(el("tr", {}, heads));

  function choose(column) {
    state.order = state.sort === column.name ? -state.order : column.first ?? 1;
    state.sort = column.name;
    arrange();
    draw();
    onsort(state);
  }
  /** Sorts by the chosen column; what is absent comes last either way, what is equal keeps the order in which it was given. */
  function arrange() {
    const column = columns.find((one) => one.name === state.sort) ?? columns[0];
    const keys = new Map(rows.map((row) => [row, column.key(row)]));
    const collate = column.number ? (a, b) => a - b : new Intl.Collator("th").compare;
    rows.sort((a, b) => {
      const [one, other] = [keys.get(a), keys.get(b)];
      if (one === null || other === null) return (one === null) - (other === null) || a - b;
      return state.order * collate(one, other) || a - b;
    });
    at = 0;
    columns.forEach((one, place) => {
      if (one === column) heads[place].setAttribute("aria-sort", state.order > 0 ? "ascending" : "descending");
      else heads[place].removeAttribute("aria-sort");
    });
  }
  function draw() {
    table.tBodies[0].replaceChildren(...rows.slice(at, at + size).map((row) =>
      el("tr", {}, columns.map((column) => el(column.main ? "th" : "td", {
        scope: column.main ? "row" : null,
        class: [column.number ? "number" : "", column.optional ? "optional" : ""].join(" ").trim() || null,
      }, column.cell(row))))));
    if (!rows.length) table.tBodies[0].append(el("tr", {}, el("td", { colspan: columns.length }, t("table.none"))));
    ITA.pager(pager, at, size, rows.length, (next) => { at = next; draw(); table.scrollIntoView({ block: "start" }); });
  }
  return {
    state,
    show(found) { rows = found; arrange(); draw(); },
  };
};

/** Buttons to the piece before and behind the one at `at`; `go` is called with where it begins. */
ITA.pager = (place, at, size, count, go) => {
  const { el, t } = ITA;
  const pages = Math.ceil(count / size);
  place.hidden = pages < 2;
  const step = (key, next, can) => el("button", { type: "button", disabled: !can, onclick: () => { go(next); place.querySelector("button:not(:disabled)")?.focus(); } }, t(key));
  place.replaceChildren(
    step("table.previous", at - size, at > 0),
    el("span", {}, t("table.page", { page: Math.floor(at / size) + 1, pages })),
    step("table.next", at + size, at + size < count),
  );
};
