"use strict";
/* The documents of the release, and of the one that is chosen each page and what was repaired. */
(() => {
  const { data, t, el, svg, thai, count, searchable, asked, remember } = ITA;
  const documents = data.documents;
  const form = document.getElementById("filters");
  const field = form.elements;
  const detail = document.getElementById("detail");
  const searched = documents.document_id.map((id, at) => searchable([documents.file_name[at], documents.title[at], documents.agency_name[at], id].join(" ")));
  const name = (at) => documents.file_name[at] || t("documents.unnamed");
  const status = (at) => el("span", { class: `mark ${{ parsed: "verified", partial: "corrected", unreadable: "contradicted" }[documents.status[at]] ?? ""}` }, t(`status.${documents.status[at]}`, {}, documents.status[at]));
  const ACROSS = 40;
  const SQUARE = 14;

  const columns = [
    { name: "file", head: t("documents.file"), main: true, key: name, cell: (at) => [el("a", { href: `#document=${documents.document_id[at]}` }, name(at)), documents.title[at] ? el("small", {}, el("br"), thai(documents.title[at])) : null] },
    { name: "kind", head: t("documents.kind"), key: (at) => documents.document_type[at], cell: (at) => t(`type.${documents.document_type[at]}`, {}, documents.document_type[at]) },
    { name: "year", head: t("agency.year"), number: true, key: (at) => documents.fiscal_year[at], cell: (at) => documents.fiscal_year[at] ?? t("table.absent") },
    { name: "pages", head: t("documents.pages"), number: true, first: -1, key: (at) => documents.page_count[at], cell: (at) => count(documents.page_count[at]) },
    { name: "records", head: t("documents.records"), number: true, first: -1, key: (at) => documents.record_count[at], cell: (at) => count(documents.record_count[at]) },
    { name: "rejects", head: t("documents.rejects"), number: true, first: -1, optional: true, key: (at) => documents.reject_count[at], cell: (at) => count(documents.reject_count[at]) },
    { name: "doubts", head: t("documents.doubts"), number: true, first: -1, key: (at) => documents.doubts[at], cell: (at) => (documents.doubts[at] ? el("a", { href: `review.html#document=${documents.document_id[at]}` }, count(documents.doubts[at])) : count(0)) },
    { name: "status", head: t("documents.status"), key: (at) => documents.status[at], cell: status },
  ];
  const table = ITA.table({ table: document.getElementById("table"), pager: document.getElementById("pager"), columns, sort: "file", order: 1 });

  function show() {
    const words = field.q.value.split(/\s+/).map(searchable).filter(Boolean);
    const found = documents.document_id.map((_, at) => at).filter((at) =>
      (!field.kind.value || documents.document_type[at] === field.kind.value) && (!field.status.value || documents.status[at] === field.status.value) && words.every((word) => searched[at].includes(word)));
    document.getElementById("found").textContent = t("table.found", { count: count(found.length) });
    table.show(found);
  }

  async function open() {
    const id = asked().get("document");
    const at = id === null ? -1 : documents.document_id.findIndex((one) => one === id);
    if (at < 0) { detail.replaceChildren(); return; }
    const piece = await ITA.load(`documents-${Math.floor(at / documents.piece)}`).catch(ITA.failed);
    const { pages, repairs } = piece[at % documents.piece];
    const fact = (key, value) => (value === null || value === "" ? null : el("div", {}, el("dt", {}, t(key)), el("dd", { class: "text" }, value)));
    const title = el("h2", { tabindex: -1 }, name(at));
    detail.replaceChildren(el("section", { class: "card" }, title,
      el("dl", { class: "values" }, fact("documents.kind", t(`type.${documents.document_type[at]}`, {}, documents.document_type[at])), fact("agency.title", thai(documents.agency_name[at])), fact("documents.status", status(at)), fact("documents.engine", documents.engine[at]),
        fact("documents.pages", count(documents.page_count[at])), documents.ocr_page_count[at] ? fact("documents.ocr", count(documents.ocr_page_count[at])) : null, fact("documents.records", count(documents.record_count[at])), fact("documents.rejects", count(documents.reject_count[at])), fact("documents.bytes", count(documents.byte_count[at])),
        fact("documents.error", documents.error_code[at] ? `${documents.error_code[at]}: ${documents.error_message[at] ?? ""}` : null)),
      el("p", {}, el("code", {}, documents.document_id[at])), pages.length ? [el("h3", {}, t("documents.each")), strip(pages), legend(pages)] : null,
      documents.page_count[at] > pages.length ? el("p", { class: "note" }, t("documents.more_pages", { shown: count(pages.length), count: count(documents.page_count[at]) })) : null,
      repairs.length ? el("details", {}, el("summary", {}, `${t("documents.repairs")} (${count(repairs.reduce((sum, rule) => sum + rule[1], 0))})`), mended(repairs)) : null,
      el("p", {}, el("button", { type: "button", onclick: () => { remember({}); open(); field.q.focus(); } }, t("documents.close")))));
    title.focus();
    detail.scrollIntoView({ block: "start" });
  }
  const told = ([kind, records, rejects, repairs], at) => t("documents.page", { page: at + 1, kind: t(`page.${kind}`), records: count(records), rejects: count(rejects), repairs: count(repairs) });
  function strip(pages) {
    const [width, height] = [Math.min(pages.length, ACROSS) * SQUARE, Math.ceil(pages.length / ACROSS) * SQUARE];
    return el("div", {}, svg("svg", { class: "pages", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": t("documents.each") },
      pages.map((page, at) => svg("rect", { class: `page ${page[0]}`, x: (at % ACROSS) * SQUARE, y: Math.floor(at / ACROSS) * SQUARE, width: SQUARE - 3, height: SQUARE - 3 }, svg("title", {}, told(page, at))))),
    el("details", {}, el("summary", {}, t("table.show")), el("ol", { class: "note" }, pages.map((page, at) => el("li", {}, told(page, at))))));
  }
  function legend(pages) {
    const kinds = new Map();
    pages.forEach(([kind]) => kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
    return el("ul", { class: "legend" }, [...kinds].map(([kind, number]) => el("li", {}, el("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), `${t(`page.${kind}`)} ${count(number)}`)));
  }
  function mended(repairs) {
    return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("documents.repairs") }, el("table", {}, el("thead", {}, el("tr", {}, ["documents.rule", "documents.times", "documents.before", "documents.after"].map((key) => el("th", { scope: "col", class: key === "documents.times" ? "number" : null }, t(key))))),
      el("tbody", {}, repairs.map(([rule, times, before, after]) => el("tr", {}, el("th", { scope: "row" }, el("code", {}, rule)), el("td", { class: "number" }, count(times)), el("td", {}, el("del", { lang: "th" }, before)), el("td", {}, el("ins", { lang: "th" }, after)))))));
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", show);
  window.addEventListener("hashchange", open);
  show();
  open();
})();
