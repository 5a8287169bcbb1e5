"use strict";
/* The review: what a person decides stays in this browser until it is downloaded as a file for `run --corrections`. */
(() => {
  const { data, root, t, el, thai, count, asked, remember } = ITA;
  const listed = data.review;
  const form = document.getElementById("filters");
  if (!form) return;
  const field = form.elements;
  const list = document.getElementById("entries");
  const notice = document.getElementById("notice");
  const STORE = `ita-review-${listed.release}`;
  const SIZE = 20;
  const SHRINK = 1.4; // a picture has two pixels for a point of the page: so it is shown half as large again as it was printed
  let decisions = {};
  let found = [];
  let first = 0;

  function stored() {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE) ?? "{}");
      field.who.value = localStorage.getItem("ita-review-who") ?? "";
      return kept && typeof kept === "object" ? kept : {};
    } catch { say("review.unsaved"); return {}; }
  }
  function keep() {
    try {
      localStorage.setItem(STORE, JSON.stringify(decisions));
      localStorage.setItem("ita-review-who", field.who.value.trim());
    } catch { say("review.unsaved"); }
    tell();
  }
  function say(key, values = {}) { notice.hidden = false; notice.textContent = t(key, values); }
  const decided = (at) => Object.hasOwn(decisions, listed.key[at]);
  function tell() {
    const done = listed.key.filter((key) => Object.hasOwn(decisions, key)).length;
    document.getElementById("progress").textContent = t("review.progress", { done: count(done), count: count(listed.key.length) });
    document.getElementById("download").disabled = document.getElementById("clear").disabled = !done;
  }

  function filter() {
    found = listed.key.map((_, at) => at).filter((at) => (!field.kind.value || listed.kinds[listed.kind[at]] === field.kind.value)
      && (!field.document.value || listed.document[at] === field.document.value)
      && (!field.state.value || decided(at) === (field.state.value === "decided")));
    first = 0;
    document.getElementById("found").textContent = found.length ? t("table.found", { count: count(found.length) }) : t("table.none");
    return draw();
  }
  async function draw() {
    const shown = found.slice(first, first + SIZE);
    const entries = await Promise.all(shown.map(async (at) => (await ITA.load(`review-${Math.floor(at / listed.piece)}`))[at % listed.piece])).catch(ITA.failed);
    list.replaceChildren(...entries.map(entry));
    ITA.pager(document.getElementById("pager"), first, SIZE, found.length, async (next) => { first = next; await draw(); list.firstElementChild?.focus(); });
  }

  const isNumber = (one) => one !== "agency_name";
  const correctable = (one) => !["checks", "rejects"].includes(one.dataset);
  /** A printed number as it counts: Thai digits as digits, without commas; null where it is none. */
  function number(text) {
    const plain = text.trim().replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50)).replace(/,/g, "");
    return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
  }

  function entry(one) {
    const item = el("li", { class: `entry ${one.kind}`, tabindex: -1, "aria-label": `${t(`kind.${one.kind}`)}: ${one.words.join(", ")}` });
    const draft = { field: one.field, value: "", why: "" };
    const render = () => { item.classList.toggle("decided", Object.hasOwn(decisions, one.key)); item.replaceChildren(...inside(one, item, draft, render).filter(Boolean)); };
    item.act = {
      a: () => decide(one, draft, "accept", render), d: () => decide(one, draft, "dismiss", render),
      c: () => item.querySelector("input.value, input.name, .decide input")?.focus(), u: () => undo(one, render),
    };
    render();
    return item;
  }

  function inside(one, item, draft, render) {
    const chosen = one.fields.find((each) => each.name === draft.field) ?? one.fields[0];
    const suggestions = one.suggestions.filter((each) => each.field === chosen.name);
    const label = (name) => t(`field.${name}`, {}, name);
    const decision = Object.hasOwn(decisions, one.key) ? decisions[one.key] : null;
    const value = (text) => (isNumber(chosen.name) && chosen.name !== "raw_text" ? text : thai(text));
    const long = chosen.name === "raw_text" || chosen.name === "observed";
    const values = el("dl", { class: "values" },
      el("div", {}, el("dt", {}, `${t("review.read")} (${label(chosen.name)})`), el("dd", { class: long ? "text" : null }, value(chosen.read))),
      chosen.published !== chosen.read && !long ? el("div", {}, el("dt", {}, t("review.published")), el("dd", {}, value(chosen.published))) : null,
      suggestions.length ? el("div", {}, el("dt", {}, t("review.suggested")), el("dd", {}, suggestions.map((each) => (decision || !correctable(one) ? el("span", {}, value(each.value))
        : el("button", { type: "button", title: t("review.use", { value: each.value }), onclick: () => { draft.value = each.value; draft.why ||= t(`identity.${each.identity}`, {}, each.identity); decide(one, draft, "correct", render); } }, value(each.value)))))) : null);
    return [
      el("div", { class: "entry-head" }, el("h2", {}, one.words.map((word, at) => [at ? " · " : "", thai(word)])), el("span", { class: "pill" }, t(`kind.${one.kind}`))),
      where(one), picture(one), values,
      one.nearby ? el("p", { class: "note" }, t("review.nearby")) : null,
      one.reasons.length ? el("ul", { class: "reasons" }, one.reasons.map((each) => el("li", {}, because(each, one)))) : null,
      decision ? told(one, decision, render, item) : choices(one, draft, render, item, label),
    ];
  }
  /** A text of a check, in which another document is named by the first digits of its id: shown by its file, as a link. */
  function linked(text, one) {
    const parts = text.split(/document ([0-9a-f]{12})/);
    return parts.map((part, at) => {
      if (at % 2 === 0) return thai(part);
      const other = one.others.find(([id]) => id.startsWith(part));
      return other ? el("a", { href: `documents.html#document=${other[0]}` }, other[1] || part) : part;
    });
  }
  const because = (each, one) => (each.outcome === "rejected" ? [t("reject.name"), ": ", el("code", {}, each.identity), " ", each.observed]
    : [t(`identity.${each.identity}`, {}, each.identity), each.expected ? ` — ${t("review.expected")} ` : null, each.expected ? linked(each.expected, one) : null, each.observed ? `, ${t("review.observed")} ` : null, each.observed ? thai(each.observed) : null]);

  function where(one) {
    const file = el("a", { href: `documents.html#document=${one.document_id}` }, one.file || one.document_id.slice(0, 12));
    const box = one.bbox ? t("review.box", { box: one.bbox.map((edge) => edge.toFixed(0)).join(", ") }) : null;
    return el("p", { class: "where" }, file, one.page === null ? null : `, ${t("agency.page")} ${one.page}`, one.picture || !box ? null : `, ${box}`, ` · ${one.dataset}/${one.record_no}`, one.also.length ? ` · ${t("review.also")}` : null);
  }
  function picture(one) {
    if (!one.picture) return null;
    const [path, width, height, middle] = one.picture;
    const label = t("review.picture", { page: one.page, file: one.file });
    const frame = el("div", { class: "row-picture", tabindex: 0, role: "region", "aria-label": label },
      el("img", { src: root + path, width: Math.round(width / SHRINK), height: Math.round(height / SHRINK), loading: "lazy", alt: label }));
    requestAnimationFrame(() => { frame.scrollLeft = middle / SHRINK - frame.clientWidth / 2; });
    return frame;
  }

  function choices(one, draft, render, item, label) {
    const warning = el("p", { class: "warning", role: "alert", hidden: true });
    item.warn = (key) => { warning.hidden = false; warning.textContent = t(key); };
    const input = el("input", { class: isNumber(draft.field) ? "value" : "name", value: draft.value, inputmode: isNumber(draft.field) ? "decimal" : null, lang: isNumber(draft.field) ? null : "th", maxlength: 300, autocomplete: "off",
      oninput: () => { draft.value = input.value; }, onkeydown: (event) => { if (event.key === "Enter") decide(one, draft, "correct", render, item); } });
    const why = el("input", { class: "reason", value: draft.why, maxlength: 300, oninput: () => { draft.why = why.value; } });
    const which = one.fields.length > 1 ? el("label", {}, t("review.field"), el("select", { onchange: (event) => { draft.field = event.target.value; draft.value = ""; render(); item.querySelector("select").focus(); } },
      one.fields.map((each) => el("option", { value: each.name, selected: each.name === draft.field }, label(each.name))))) : null;
    return el("div", {}, el("div", { class: "decide" },
      ...(correctable(one) ? [which, el("label", {}, t("review.value"), input)] : []), el("label", {}, t("review.reason"), why),
      correctable(one) ? el("button", { type: "button", class: "strong", onclick: () => decide(one, draft, "correct", render, item) }, t("review.correct")) : null,
      el("button", { type: "button", title: t("review.accept.long"), onclick: () => decide(one, draft, "accept", render, item) }, t("review.accept")),
      el("button", { type: "button", title: t("review.dismiss.long"), onclick: () => decide(one, draft, "dismiss", render, item) }, t("review.dismiss"))), warning);
  }
  function told(one, decision, render, item) {
    return el("p", { class: "decision" }, t(`review.state.${decision.decision}`, { after: decision.after }), el("small", {}, [decision.who, decision.why, decision.date.slice(0, 10)].filter(Boolean).join(" · ")),
      el("button", { type: "button", onclick: () => { undo(one, render); item.focus(); } }, t("review.undo")));
  }

  /** Takes a decision down; false where something is missing, which the entry then says. */
  function decide(one, draft, decision, render, item = null) {
    const warn = (key) => { (item ?? list.querySelector(".entry:focus-within"))?.warn?.(key); return false; };
    if (!field.who.value.trim()) { say("review.who.missing"); field.who.focus(); return false; }
    notice.hidden = true;
    const chosen = one.fields.find((each) => each.name === draft.field) ?? one.fields[0];
    let after = chosen.before;
    if (decision === "correct") {
      after = draft.value.trim();
      if (!after) return warn("review.value.missing");
      if (isNumber(chosen.name) && number(after) === null) return warn("review.value.number");
      const same = isNumber(chosen.name) ? number(after) === number(chosen.published) : after === chosen.published;
      if (same) return warn("review.value.same");
    }
    decisions[one.key] = { document_id: one.document_id, dataset: one.dataset, record_no: one.record_no, also: one.also, field: chosen.name, page: one.page, bbox: one.bbox, before: chosen.before, after, decision, who: field.who.value.trim(), why: draft.why.trim(), date: new Date().toISOString() };
    keep();
    render();
    return true;
  }
  function undo(one, render) { delete decisions[one.key]; keep(); render(); }

  /** The decisions as JSON Lines, in the order of the review; a name that several records share is a line for each. */
  function lines() {
    return listed.key.filter((key) => Object.hasOwn(decisions, key)).flatMap((key) => {
      const { also, ...line } = decisions[key];
      const records = line.field === "agency_name" ? [line.record_no, ...also] : [line.record_no];
      return records.map((record_no) => JSON.stringify({ ...line, record_no }));
    });
  }
  function download() {
    const link = el("a", { href: URL.createObjectURL(new Blob([lines().map((line) => `${line}\n`).join("")], { type: "application/jsonl" })), download: `corrections-${listed.release.slice(0, 12)}.jsonl` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  /** Takes in a file that was downloaded before: what is about an entry of this review, and whose value is still as it was then. */
  async function restore(file) {
    let read;
    try { read = (await file.text()).split("\n").filter((line) => line.trim()).map((line) => JSON.parse(line)); } catch { say("review.unreadable"); return; }
    const places = new Map(listed.key.map((key, at) => [key, at]));
    let taken = 0;
    for (const line of read) {
      const key = `${String(line.document_id).slice(0, 16)}/${line.dataset}/${line.record_no}`;
      if (!places.has(key) || !["accept", "correct", "dismiss"].includes(line.decision)) continue;
      const at = places.get(key);
      const one = (await ITA.load(`review-${Math.floor(at / listed.piece)}`))[at % listed.piece];
      const chosen = one.fields.find((each) => each.name === line.field);
      if (one.document_id !== line.document_id || !chosen || chosen.before !== line.before) continue;
      const text = (value) => (typeof value === "string" ? value.slice(0, 1000) : "");
      decisions[key] = { document_id: one.document_id, dataset: one.dataset, record_no: one.record_no, also: one.also, field: chosen.name, page: one.page, bbox: one.bbox, before: chosen.before, after: text(line.after), decision: line.decision, who: text(line.who), why: text(line.why), date: text(line.date) };
      taken += 1;
    }
    keep();
    await filter();
    say("review.restored", { count: count(taken) });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, summary")) return;
    const entries = [...list.children];
    const at = entries.findIndex((one) => one.contains(document.activeElement));
    if (at < 0 && document.activeElement !== document.body) return;
    const key = event.key.toLowerCase();
    const go = (to) => { const next = entries[Math.max(0, Math.min(entries.length - 1, to))]; next?.focus(); next?.scrollIntoView({ block: "nearest" }); event.preventDefault(); };
    if (key === "j") go(at + 1);
    else if (key === "k") go(at - 1);
    else if (at >= 0 && "acdu".includes(key)) {
      event.preventDefault();
      const done = entries[at].act[key]();
      if (done && (key === "a" || key === "d")) go(at + 1);
    }
  });
  document.getElementById("download").addEventListener("click", download);
  document.getElementById("restore").querySelector("input").addEventListener("change", (event) => { const [file] = event.target.files; if (file) restore(file); event.target.value = ""; });
  document.getElementById("clear").addEventListener("click", () => { if (confirm(t("review.clear.ask"))) { decisions = {}; keep(); filter(); } });
  form.addEventListener("submit", (event) => event.preventDefault());
  field.who.addEventListener("change", keep);
  for (const name of ["kind", "document", "state"]) {
    field[name].addEventListener("change", () => { remember({ kind: field.kind.value, document: field.document.value, state: field.state.value }); filter(); });
    const value = asked().get(name);
    if (value !== null && [...field[name].options].some((option) => option.value === value)) field[name].value = value;
  }
  decisions = stored();
  tell();
  filter();
})();
