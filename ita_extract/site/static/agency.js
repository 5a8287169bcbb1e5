"use strict";
/* One agency: its years, indicators, weak items and lost items, each with the document and page that it comes from. */
(() => {
  const { data, t, el, svg, thai, points, count, change, mark } = ITA;
  const place = document.getElementById("agency");
  const agencies = data.agencies;
  const WEAKEST = 8;

  const head = (...names) => el("thead", {}, el("tr", {}, names.map(([name, number]) => el("th", { scope: "col", class: number ? "number" : null }, name))));
  const table = (label, heads, rows) => el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, el("table", {}, head(...heads), el("tbody", {}, rows)));
  const card = (title, ...inside) => el("section", { class: "card" }, el("h2", {}, title), ...inside);
  const folded = (title, number, ...inside) => card(`${title} (${count(number)})`, el("details", {}, el("summary", {}, t("table.show")), ...inside));
  const cell = (text, kind = null) => el("td", { class: kind }, text);

  async function show() {
    const id = decoded(location.hash.slice(1));
    if (!id) return;
    const at = agencies.id.indexOf(id);
    if (at < 0) { place.replaceChildren(el("h1", {}, t("nav.agency")), el("p", { class: "notice" }, t("agency.unknown"))); return; }
    const piece = await ITA.load(`agency-${Math.floor(at / agencies.piece)}`).catch(ITA.failed);
    const one = piece.agencies[at % agencies.piece];
    const [, means, indicatorMeans] = piece.means.find(([name]) => name === one.agency_type) ?? [null, [], []];
    const from = (document, page) => el("a", { href: `documents.html#document=${piece.documents[document][0]}`, class: "nowrap", title: piece.documents[document][1] }, `${t("agency.page")} ${page}`);
    document.title = `${one.agency_name} · ${t("site.name")}`;
    place.replaceChildren(...[
      top(one), years(one, means), indicators(one, indicatorMeans, from), weak(one, from), lost(one, from), statements(one, piece.documents, from), measures(one, from), findings(one, from),
    ].filter(Boolean));
  }
  const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };

  function top(one) {
    const last = one.years.at(-1);
    const where = [one.agency_type, one.province && one.agency_name !== `จังหวัด${one.province}` ? `จ.${one.province}` : null, one.district ? `อ.${one.district}` : null, one.parent].filter(Boolean);
    const [, all, types, provinces] = (last && agencies.counts.find(([year]) => year === last[0])) ?? [null, 0, [], []];
    const rank = (value, number, key) => (value === null ? null : el("span", {}, t("agency.rank", { rank: count(value), count: count(number) }), " ", t(key)));
    const inType = types[agencies.types.indexOf(one.agency_type)];
    const inProvince = provinces[agencies.provinces.findIndex(([name]) => name === one.province)];
    return el("div", {}, el("h1", {}, thai(one.agency_name)), el("div", { class: "head-facts" }, where.map((word) => el("span", {}, thai(word))), el("span", {}, `${t("agency.id")} `, el("code", {}, one.agency_id))),
      last ? el("div", { class: "head-facts" }, el("span", { class: "score" }, points(last[1])), el("span", {}, `${last[0]}`), last[2] ? el("span", { class: "pill" }, thai(last[2])) : null,
        rank(last[4], inType, "agency.rank.type"), rank(last[5], inProvince, "agency.rank.province"), rank(last[6], all, "agency.rank.national"), mark(last[11])) : null);
  }

  function years(one, means) {
    if (!one.years.length) return null;
    const mean = new Map(means);
    const rows = one.years.map((row) => el("tr", {}, el("th", { scope: "row" }, row[0]), cell(el("strong", {}, points(row[1])), "number"), cell(row[2] ? el("span", { class: "pill" }, thai(row[2])) : t("table.absent")),
      cell(change(row[8]), `number ${row[8] > 0 ? "up" : row[8] < 0 ? "down" : ""}`), cell(points(mean.get(row[0])), "number"), cell(count(row[4]), "number"), cell(count(row[5]), "number"), cell(count(row[6]), "number"),
      cell([mark(row[11]), row[10] ? null : el("small", {}, " ", t("agency.disagree"))])));
    return card(t("agency.years"), one.years.length < 2 ? null : el("div", { class: "plot", tabindex: 0, role: "region", "aria-label": t("agency.years") }, yearPlot(one.years, mean)),
      table(t("agency.years"), [[t("agency.year")], [t("scores.score"), 1], [t("scores.grade")], [t("scores.change"), 1], [t("agency.mean"), 1], [t("scores.type_rank"), 1], [t("scores.province_rank"), 1], [t("agency.rank.national"), 1], [t("scores.verification")]], rows));
  }
  function yearPlot(found, mean) {
    const scores = new Map(found.map((row) => [row[0], row[1]]));
    const all = [...new Set([...scores.keys()])].sort();
    const span = Array.from({ length: all.at(-1) - all[0] + 1 }, (_, step) => all[0] + step);
    const [width, height, left, floor, ceiling] = [640, 220, 40, 180, 24];
    const low = Math.min(60, ...[...scores.values(), ...span.map((year) => mean.get(year) ?? 100)].map((score) => Math.floor(score / 10) * 10));
    const x = (year) => left + ((width - left - 16) * (year - span[0] + 0.5)) / span.length;
    const y = (score) => floor - ((score - low) / (100 - low)) * (floor - ceiling);
    const path = (values) => span.slice(1).filter((year) => values.has(year) && values.has(year - 1))
      .map((year) => [x(year - 1), y(values.get(year - 1)), x(year), y(values.get(year))]);
    const line = (kind, [x1, y1, x2, y2]) => svg("line", { class: kind, x1, y1, x2, y2 });
    const ticks = Array.from({ length: (100 - low) / 10 + 1 }, (_, step) => low + 10 * step).filter((tick) => low > 30 || tick % 20 === 0);
    const label = found.map((row) => `${row[0]}: ${points(row[1])}`).join("; ");
    return el("figure", {}, svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${t("agency.years")}: ${label}`, class: "over-years" },
      ticks.map((tick) => [line("grid", [left, y(tick), width - 16, y(tick)]), svg("text", { class: "tick", x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, tick)]),
      path(mean).map((points_) => line("line other", points_)),
      span.filter((year) => mean.has(year) && scores.has(year)).map((year) => svg("circle", { class: "dot other", cx: x(year), cy: y(mean.get(year)), r: 3 })),
      path(scores).map((points_) => line("line", points_)),
      span.map((year) => [scores.has(year) ? [svg("circle", { class: "dot", cx: x(year), cy: y(scores.get(year)), r: 5 }), svg("text", { class: "value", x: x(year), y: y(scores.get(year)) - 10, "text-anchor": "middle" }, points(scores.get(year)))] : [],
        svg("text", { class: "tick strong", x: x(year), y: floor + 22, "text-anchor": "middle" }, year)])),
    el("figcaption", {}, el("small", {}, `● ${t("agency.own")}   ┄ ${t("agency.mean")}`)));
  }

  /** The latest year of which there are rows, and those rows. */
  function latest(rows, year) {
    const last = Math.max(...rows.map((row) => row[year]));
    return [last, rows.filter((row) => row[year] === last)];
  }
  function indicators(one, means, from) {
    if (!one.indicators.length) return null;
    const years_ = [...new Set(one.indicators.map((row) => row[2]))].sort().reverse();
    return card(t("agency.indicators"), ...years_.map((year, at) => {
      const seen = new Set();
      const rows = one.indicators.filter((row) => row[2] === year && !seen.has(row[4]) && seen.add(row[4])).sort((a, b) => a[4] - b[4]);
      const mean = new Map(means.filter((row) => row[0] === year).map((row) => [row[1], row[2]]));
      const inside = [instruments(one, year), table(`${t("agency.indicators")} ${year}`, [[t("agency.indicator")], [""], [t("scores.score"), 1], [t("agency.mean"), 1], [t("agency.difference"), 1], [t("agency.document")]],
        rows.map(([document, page, , instrument, number, name, score, known]) => el("tr", {}, el("th", { scope: "row" }, `${number}. `, thai(name), " ", el("small", {}, instrument)), el("td", { class: "bar" }, bar(score, mean.get(number))),
          cell(el("strong", { title: t(`known.${known}`) }, points(score)), "number"), cell(points(mean.get(number)), "number"), difference(score, mean.get(number)), cell(from(document, page)))))];
      return at ? el("details", {}, el("summary", {}, year), ...inside) : el("div", {}, el("h3", {}, year), ...inside);
    }));
  }
  /** The scores of IIT, EIT and OIT of a year, as far as they are printed. */
  function instruments(one, year) {
    const rows = one.instruments.filter((row) => row[2] === year);
    const names = [...new Set(rows.map(([, , , name, part]) => name + (part ? ` ${part}` : "")))];
    return el("dl", { class: "values", "aria-label": t("agency.instruments") }, names.map((name) => {
      const row = rows.find(([, , , first, part]) => name === first + (part ? ` ${part}` : ""));
      return el("div", {}, el("dt", {}, name), el("dd", { title: t(`known.${row[6]}`) }, points(row[5])));
    }));
  }
  const difference = (score, mean) => (mean === undefined ? cell(t("table.absent"), "number") : cell(change(score - mean), `number ${score >= mean ? "up" : "down"}`));
  /** A score as a bar from 0 to 100 with the mean of its type as a mark across it. */
  const bar = (score, mean) => svg("svg", { class: "answers", viewBox: "0 0 100 12", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "part none", x: 0, y: 2, width: 100, height: 8 }), svg("rect", { class: mean !== undefined && score < mean ? "bar worse" : "bar", x: 0, y: 2, width: score, height: 8 }),
    mean === undefined ? null : svg("rect", { class: "line", x: Math.max(0, mean - 0.4), y: 0, width: 0.8, height: 12 }));

  function weak(one, from) {
    if (!one.items.length) return null;
    const [year, items] = latest(one.items, 2);
    const rows = [...items].filter((row) => row[6] !== null).sort((a, b) => a[6] - b[6]).slice(0, WEAKEST);
    return card(`${t("agency.weak")} ${year}`, table(t("agency.weak"), [[t("agency.item")], [t("agency.question")], [t("scores.score"), 1], [t("agency.document")]],
      rows.map(([document, page, , , code, text, score, known]) => el("tr", {}, el("th", { scope: "row" }, code), cell([thai(text ?? t("table.absent")), answers(one.rows.filter((row) => row[0] === year && row[1] === code))]),
        cell(el("strong", { title: t(`known.${known}`) }, points(score)), "number"), cell(from(document, page))))));
  }
  const FOUR = ["share_least", "share_little", "share_much", "share_most"];
  function answers(rows) {
    if (!rows.length) return null;
    return el("details", {}, el("summary", {}, t("agency.rows")), rows.map((row) => {
      const shares = row[4] === "four_step" ? row.slice(7, 11).map((share, at) => [FOUR[at], share]) : [["share_yes", row[11]], ["share_no", row[12]]];
      const told = shares.filter(([, share]) => share !== null).map(([name, share]) => `${t(`field.${name}`)} ${points(share)}%`).join(", ");
      let x = 0;
      const order = row[5] === "negative" ? [3, 2, 1, 0] : [0, 1, 2, 3];
      const parts = shares.map(([, share], at) => { const part = svg("rect", { class: `a${order[row[4] === "four_step" ? at : at * 3]}`, x, y: 0, width: share ?? 0, height: 10 }); x += share ?? 0; return part; });
      return el("div", { class: "inner" }, thai(row[3] ?? ""), " ", el("strong", {}, points(row[6])), svg("svg", { class: "answers", viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", "aria-label": told }, parts), el("small", {}, told));
    }));
  }

  function lost(one, from) {
    if (!one.oit.length) return null;
    const [year, items] = latest(one.oit, 2);
    const rows = items.filter((row) => row[5] !== null && row[5] < 100);
    return card(`${t("agency.oit")} ${year}`, rows.length ? table(t("agency.oit"), [[t("agency.item")], [t("agency.question")], [t("scores.score"), 1], [t("agency.comment")], [t("agency.document")]],
      rows.map(([document, page, , code, name, score, comment]) => el("tr", {}, el("th", { scope: "row" }, code), cell(thai(name ?? t("table.absent"))), cell(points(score), "number"), cell(thai(comment ?? t("table.absent"))), cell(from(document, page)))))
      : el("p", {}, t("agency.oit.none")));
  }
  function measures(one, from) {
    if (!one.measures.length) return null;
    return folded(t("agency.measures"), one.measures.length, table(t("agency.measures"), [[t("agency.year")], [t("agency.topic")], [t("agency.measure")], [t("agency.period")], [t("agency.responsible")], [t("agency.result")], [t("agency.document")]],
      one.measures.map(([document, page, year, , ...texts]) => el("tr", {}, el("th", { scope: "row" }, year), texts.map((text) => cell(thai(text ?? t("table.absent")))), cell(from(document, page))))));
  }
  function findings(one, from) {
    if (!one.findings.length) return null;
    return folded(t("agency.findings"), one.findings.length, table(t("agency.findings"), [[t("agency.year")], [t("agency.topic")], [t("agency.item")], [t("agency.findings")], [t("agency.document")]],
      one.findings.map(([document, page, year, topic, codes, text]) => el("tr", {}, el("th", { scope: "row" }, year), cell(thai(topic ?? t("table.absent"))), cell(codes.join(", ")), cell(thai(text)), cell(from(document, page))))));
  }
  function statements(one, documents, from) {
    const rows = one.statements.map(([document, page, year, printed, score, grade, name, , known]) => el("tr", {}, el("th", { scope: "row" }, year), cell(el("strong", {}, printed), "number"), cell(points(score), "number"),
      cell(grade ? el("span", { class: "pill" }, thai(grade)) : t("table.absent")), cell(thai(name)), cell(mark(known)), cell(documents[document][1]), cell(from(document, page))));
    if (!rows.length) return null;
    return card(t("agency.statements"), table(t("agency.statements"), [[t("agency.year")], [t("agency.printed"), 1], [t("scores.score"), 1], [t("scores.grade")], [t("agency.printed_name")], [t("scores.verification")], [t("agency.document")], [t("agency.page")]], rows),
      one.names_printed.length > 1 ? el("p", { class: "note" }, t("agency.names"), ": ", one.names_printed.map((name, at) => [at ? " · " : "", thai(name)])) : null);
  }
  window.addEventListener("hashchange", show);
  show();
})();
