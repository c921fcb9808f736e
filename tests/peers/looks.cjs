// What is wrong with how a page looks and is operated, wherever it is shown: run within the page by console.cjs.
"use strict";

// Runs in the browser. Everything that can be judged without knowing which page it is.
async function judge() {
  const faults = [];
  const name = (element) => `<${element.tagName.toLowerCase()}> “${(element.name || element.textContent || element.value || "").trim().slice(0, 30)}”`;
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest(".unseen");

  // Nothing is wider than the screen.
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) {
    const wide = [...document.querySelectorAll("body *")].filter((own) => isSeen(own) && own.getBoundingClientRect().right > page.clientWidth + 1);
    faults.push(`${page.scrollWidth} px are wider than the screen: ${wide.map(name).slice(0, 3).join(", ")}`);
  }

  const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(isSeen);
  for (const control of controls) {
    // A placeholder is no name: it is gone as soon as somebody writes.
    const labels = [...(control.labels ?? [])].map((label) => label.textContent).join("");
    const called = control.ariaLabel || labels || control.textContent || document.getElementById(control.getAttribute("aria-labelledby"))?.textContent;
    if (!called?.trim()) faults.push(`${name(control)} has no name`);
    // What has the keyboard shows it, and nothing lies over it.
    control.focus({ focusVisible: true });
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    if (document.activeElement !== control) {
      faults.push(`${name(control)} cannot be reached`);
      continue;
    }
    const ring = (own) => { const style = getComputedStyle(own); return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow.includes("0px 0px 0px 3px"); };
    if (![control, control.parentElement].some(ring)) faults.push(`${name(control)} does not show that it has the keyboard`);
    const { left, right, top, bottom } = control.getBoundingClientRect();
    for (const [x, y] of [[(left + right) / 2, (top + bottom) / 2], [left + 4, top + 4], [right - 4, bottom - 4]]) {
      const there = document.elementFromPoint(x, y);
      const isFree = there && (control.contains(there) || there.contains(control) || [...(control.labels ?? [])].some((label) => label.contains(there)));
      if (!isFree) faults.push(`${name(control)} is covered by ${there ? name(there) : "the edge of the screen"}`);
    }
  }
  document.activeElement.blur();

  // What is written can be read: WCAG's contrast, against all that lies beneath it.
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colour = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((part, at) => part * a + under[at] * (1 - a));
  const ground = (element) => {
    const above = element.parentElement ? ground(element.parentElement) : [255, 255, 255];
    return over(colour(getComputedStyle(element).backgroundColor), above);
  };
  const light = (rgb) => rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const read = (element, css, what) => {
    const under = ground(element);
    const [one, other] = [light(over(colour(css), under)), light(under)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const enough = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if (ratio < enough) faults.push(`${what} has a contrast of ${ratio.toFixed(2)}`);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const [text, element] = [texts.currentNode.data.trim(), texts.currentNode.parentElement];
    if (text && isSeen(element) && !element.closest("select, datalist, script")) read(element, getComputedStyle(element).color, `“${text.slice(0, 30)}”`);
  }
  for (const field of document.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    if (!isSeen(field)) continue;
    read(field, getComputedStyle(field).color, name(field));
    if (field.placeholder) read(field, getComputedStyle(field, "::placeholder").color, `the placeholder “${field.placeholder}”`);
  }
  return [...new Set(faults)];
}

module.exports = { faults: (page) => page.evaluate(judge) };
