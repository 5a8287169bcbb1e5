"use strict";
/* The table of agencies: one year at a time, searched and filtered in memory. */
(() => {
  const { data, t, el, thai, points, count, change, mark, searchable, asked, remember } = ITA;
  const agencies = data.agencies;
  const form = document.getElementById("filters");
  const field = form.elements;
  const searched = agencies.name.map((name, at) => searchable(name + (agencies.district[at] ?? "") + (agencies.province[at] === null ? "" : agencies.provinces[agencies.province[at]].join(""))));
  let year = null;

  const at = (row) => year.agency[row];
  const name = (row) => agencies.name[at(row)];
  const rank = (value) => (value === null ? t("table.absent") : count(value));
  const columns = [
    { name: "rank", head: t("scores.rank"), number: true, key: (row) => year.rank[row], cell: (row) => rank(year.rank[row]) },
    { name: "name", head: t("scores.agency"), main: true, key: name, cell: (row) => [el("a", { href: `agency.html#${encodeURIComponent(agencies.id[at(row)])}` }, thai(name(row))), agencies.district[at(row)] ? el("small", {}, " ", thai(agencies.district[at(row)])) : null] },
    { name: "province", head: t("scores.province"), key: (row) => (agencies.province[at(row)] === null ? null : agencies.provinces[agencies.province[at(row)]][0]), cell: (row) => thai(agencies.province[at(row)] === null ? t("table.absent") : agencies.provinces[agencies.province[at(row)]][0]) },
    { name: "type", head: t("scores.type"), optional: true, key: (row) => (agencies.type[at(row)] === null ? null : agencies.types[agencies.type[at(row)]]), cell: (row) => thai(agencies.type[at(row)] === null ? t("table.absent") : agencies.types[agencies.type[at(row)]]) },
    { name: "score", head: t("scores.score"), number: true, first: -1, key: (row) => year.score[row], cell: (row) => el("strong", {}, points(year.score[row])) },
    { name: "grade", head: t("scores.grade"), key: (row) => year.grade[row], cell: (row) => (year.grade[row] === null ? t("table.absent") : el("span", { class: "pill", title: year.target[row] === null ? null : t(year.target[row] ? "scores.passed" : "scores.failed") }, thai(year.grade[row]))) },
    { name: "change", head: t("scores.change"), title: t("scores.change.long"), number: true, first: -1, key: (row) => year.change[row], cell: (row) => el("span", { class: year.change[row] > 0 ? "up" : year.change[row] < 0 ? "down" : null }, change(year.change[row])) },
    { name: "type_rank", head: t("scores.type_rank"), number: true, optional: true, key: (row) => year.type_rank[row], cell: (row) => rank(year.type_rank[row]) },
    { name: "province_rank", head: t("scores.province_rank"), number: true, optional: true, key: (row) => year.province_rank[row], cell: (row) => rank(year.province_rank[row]) },
    { name: "verification", head: t("scores.verification"), optional: true, key: (row) => t(`known.${agencies.verifications[year.verification[row]]}`), cell: (row) => mark(agencies.verifications[year.verification[row]]) },
  ];
  const table = ITA.table({
    table: document.getElementById("table"), pager: document.getElementById("pager"), columns,
    sort: columns.some((one) => one.name === asked().get("sort")) ? asked().get("sort") : "score", order: asked().get("order") === "1" ? 1 : -1, onsort: keep,
  });

  function keep() {
    remember({ q: field.q.value.trim(), year: field.year.value, type: field.type.value, province: field.province.value, target: field.target.value, sort: table.state.sort, order: table.state.order });
  }
  function show() {
    if (!year) return;
    const words = field.q.value.split(/\s+/).map(searchable).filter(Boolean);
    const type = agencies.types.indexOf(field.type.value);
    const province = agencies.provinces.findIndex(([one]) => one === field.province.value);
    const target = field.target.value === "" ? null : field.target.value === "1";
    const found = [];
    for (let row = 0; row < year.agency.length; row += 1) {
      const agency = year.agency[row];
      if (field.type.value && agencies.type[agency] !== type) continue;
      if (field.province.value && agencies.province[agency] !== province) continue;
      if (target !== null && year.target[row] !== target) continue;
      if (words.every((word) => searched[agency].includes(word))) found.push(row);
    }
    document.getElementById("found").textContent = t("table.found", { count: count(found.length) });
    table.show(found);
  }
  async function choose() {
    if (!field.year.value) return;
    const wanted = field.year.value;
    const loaded = await ITA.load(`scores-${wanted}`).catch(ITA.failed);
    if (wanted === field.year.value) { year = loaded; show(); }
  }
  function restore() {
    for (const name of ["q", "year", "type", "province", "target"]) {
      const value = asked().get(name);
      if (value !== null) field[name].value = value;
    }
    if (field.year.selectedIndex < 0) field.year.selectedIndex = 0;
    choose();
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => { keep(); (event.target === field.year ? choose : show)(); });
  window.addEventListener("hashchange", restore);
  restore();
})();
