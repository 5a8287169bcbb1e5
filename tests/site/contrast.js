/* Measures every text that is shown against the background behind it; alpha is blended from the root inwards. */
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const painted = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const rgba = (color) => {
    if (!known.has(color)) known.set(color, painted(color));
    return known.get(color);
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((value, at) => value * a + under[at] * (1 - a));
  const light = (color) => { const [r, g, b] = color.map((value) => { const part = value / 255; return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (element) => {
    const above = [];
    for (let one = element; one; one = one.parentElement) above.unshift(one);
    let color = [255, 255, 255];
    for (const one of above) color = over(rgba(getComputedStyle(one).backgroundColor), color);
    const tile = element.closest(".tile");
    if (tile && !tile.classList.contains("none")) color = over(rgba(getComputedStyle(tile.querySelector("rect")).fill), color);
    return color;
  };
  const seen = new Map();
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility({ checkVisibilityCSS: true }) || element.closest("script, noscript, option, title, .hidden, .skip, :disabled")) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const ink = over(rgba(element instanceof SVGElement ? style.fill : style.color), ground);
    const [a, b] = [light(ink), light(ground)].sort((one, other) => other - one);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const told = `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""} ${style.color}`;
    seen.set(told, ratio);
    if (ratio < (large ? 3 : 4.5)) faint.push([told, Math.round(ratio * 100) / 100]);
  }
  return { seen: seen.size, faint };
}
