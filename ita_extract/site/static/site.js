"use strict";
/* What all pages share: words, elements made without markup, numbers, data loaded piece by piece. Everything that came out of a
   document reaches the page as text of an element or value of an attribute, never as markup. */
window.ITA = (() => {
  const page = document.documentElement;
  const root = page.dataset.root;
  const data = Object.create(null);
  const waiting = new Map();
  const SVG = "http://www.w3.org/2000/svg";

  /** The words of a key with {name} filled in; `otherwise` (or the key) where there are none. */
  function t(key, values = {}, otherwise = key) {
    const words = data.words;
    const text = Object.hasOwn(words, key) ? words[key] : otherwise;
    return text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
  }

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : String(value));
    }
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false).map((child) => (child instanceof Node ? child : String(child))));
    return element;
  }
  const el = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
  const svg = (name, attributes = {}, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
  /** Text in Thai, marked as such where the page is in another language, so that it is read aloud by the right voice. */
  const thai = (text) => (page.lang === "th" || !text ? text ?? "" : el("span", { lang: "th" }, text));

  /** Data of the site: a script beside the page that puts it under its name. Each is loaded once. */
  function load(name) {
    if (name in data) return Promise.resolve(data[name]);
    if (!waiting.has(name)) {
      waiting.set(name, new Promise((resolve, reject) => {
        const script = el("script", { src: `${root}data/${name}.js` });
        script.onload = () => (name in data ? resolve(data[name]) : reject(new Error(name)));
        script.onerror = () => reject(new Error(name));
        document.head.append(script);
      }));
    }
    return waiting.get(name);
  }
  /** Says so on the page where data is missing, instead of leaving it empty. */
  function failed(error) {
    document.getElementById("content").prepend(el("p", { class: "notice", role: "alert" }, t("site.failed"), " ", el("code", {}, error.message)));
    throw error;
  }

  const points = (score) => (score === null || score === undefined ? t("table.absent") : score.toFixed(2));
  const count = (number) => (number === null || number === undefined ? t("table.absent") : number.toLocaleString("en-US"));
  const change = (value) => (value === null || value === undefined ? t("table.absent") : (value < 0 ? "\u2212" : "+") + Math.abs(value).toFixed(2));
  const mark = (name) => el("span", { class: `mark ${name}`, title: t(`known.${name}.long`) }, t(`known.${name}`));

  /** A text as it is searched: without blanks and case, the two ways to write sara am and Thai digits as one. */
  const searchable = (text) => (text ?? "").normalize("NFC").toLowerCase().replace(/\u0e4d([\u0e48-\u0e4b]?)\u0e32/g, "$1\u0e33")
    .replace(/[\s\u200b]+/g, "").replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50));

  /** What stands behind the # of the address, as name=value pairs. */
  const asked = () => new URLSearchParams(location.hash.slice(1));
  function remember(values) {
    const kept = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "" && value !== null));
    history.replaceState(null, "", `#${kept}`);
    follow();
  }
  /** The link to the other language leads to the same place of the same page. */
  function follow() {
    const link = document.getElementById("language");
    link.href = link.getAttribute("href").split("#")[0] + location.hash;
  }
  document.addEventListener("DOMContentLoaded", () => {
    document.body.classList.add("scripted");
    follow();
    document.querySelector(".skip").addEventListener("click", (event) => { // what stands behind the # is the page's own
      event.preventDefault();
      document.getElementById("content").focus();
    });
  });
  window.addEventListener("hashchange", follow);

  return { data, root, t, el, svg, thai, load, failed, points, count, change, mark, searchable, asked, remember };
})();
