import { Attention } from "./attention.js";
import { Formula } from "./formula.js";
import { Sketch } from "./sketch.js";

const byId = id => document.getElementById(id);
const formula = new Formula(byId("formula"));
const sketch = new Sketch(byId("sketch"), byId("undo"), byId("clear"));
const attention = new Attention({
  section: byId("look"), sheet: byId("sheet"), image: byId("prepared"), canvas: byId("heat"), tokens: byId("tokens"),
});

if (/^Mac/.test(navigator.platform)) byId("control").textContent = "⌘";

let current = new AbortController(); // of the picture that is being read, or was
let picture = null;

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

// === Reading ===

async function ask(path, body, signal) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", body, signal });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error("the server does not answer; is im2latex demo still running?");
  }
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}

async function read(blob) {
  current.abort();
  const { signal } = (current = new AbortController());
  picture = blob;
  const busy = setTimeout(() => (byId("progress").hidden = false), 150);
  byId("result").setAttribute("aria-busy", "true");
  byId("status").textContent = "Reading…";
  try {
    const found = await ask("read", blob, signal);
    await show(found, signal);
  } catch (error) {
    if (!signal.aborted) fail(error.message);
  } finally {
    clearTimeout(busy);
    if (!signal.aborted) {
      byId("progress").hidden = true;
      byId("result").setAttribute("aria-busy", "false");
    }
  }
}

function forget() {
  current.abort();
  picture = null;
  for (const id of ["failure", "found", "progress"]) byId(id).hidden = true;
  byId("result").setAttribute("aria-busy", "false");
  byId("nothing").hidden = false;
  byId("status").textContent = "";
  attention.hide();
}

const ADVICE = {
  "blank": "Nothing stands out from the background. Is the formula in the picture, and dark or light enough?",
  "not a picture": "PNG, JPEG, WebP, GIF, BMP and TIFF are read.",
  "too large": "Cut it to the formula and try again.",
  "broken": "The file seems to be damaged or cut short.",
  "empty": "The file is empty.",
};

function fail(reason) {
  forget();
  byId("nothing").hidden = true;
  const place = byId("failure");
  const title = element("p");
  title.append(element("b", "Not read: "), reason);
  const advice = Object.entries(ADVICE).find(([start]) => reason.startsWith(start));
  place.replaceChildren(title, ...(advice ? [element("p", advice[1], "quiet")] : []));
  place.hidden = false;
}

async function show(found, signal) {
  const { readings } = found;
  byId("failure").hidden = byId("nothing").hidden = true;
  byId("found").hidden = false;
  const sure = readings[0].confidence !== null;
  byId("measure").textContent = sure ? "and the model's confidence" : "and their log-probability";
  byId("readings").replaceChildren(byId("readings").firstElementChild, ...readings.map((reading, rank) => {
    const label = element("label", undefined, "reading");
    const box = element("input");
    box.type = "radio";
    box.name = "reading";
    box.checked = rank === 0;
    box.addEventListener("change", () => choose(found, rank));
    label.append(box, compared(reading.latex, readings[0].latex), scored(reading, readings));
    return label;
  }));
  byId("status").textContent = `Read: ${readings[0].latex}`;
  await pick(readings[0], signal);
  attention.show(found.picture, found.attention);
}

// The LaTeX of a reading, what differs from the best one marked.
function compared(latex, best) {
  const code = element("code");
  if (latex === best) {
    code.textContent = latex || "(nothing)";
    return code;
  }
  let start = 0, end = 0;
  const least = Math.min(latex.length, best.length);
  while (start < least && latex[start] === best[start]) start++;
  while (end < least - start && latex.at(-1 - end) === best.at(-1 - end)) end++;
  const middle = latex.slice(start, latex.length - end);
  // Far into a long formula the beginning says nothing.
  const before = start > 16 ? `…${latex.slice(start - 12, start)}` : latex.slice(0, start);
  code.append(before, element("mark", middle || "‸"), latex.slice(latex.length - end));
  code.title = latex;
  return code;
}

// A reading's confidence, or its log-probability; the bar then is its share among the readings shown.
function scored({ confidence, score }, readings) {
  const made = element("span", undefined, "score");
  const bar = element("span", undefined, "bar"), fill = element("i");
  let share = confidence;
  if (confidence === null) {
    const all = readings.reduce((sum, reading) => sum + Math.exp((reading.score ?? -Infinity) - readings[0].score), 0);
    share = score === null ? 0 : Math.exp(score - readings[0].score) / all;
    made.textContent = score === null ? "–" : score.toFixed(2).replace("-", "−");
    made.title = `${percent(share)} of the probability of those shown`;
  } else {
    made.textContent = percent(confidence);
    made.title = `log-probability ${score?.toFixed(2)}`;
  }
  fill.style.width = `${100 * share}%`;
  bar.append(fill);
  made.append(bar);
  return made;
}

function percent(share) {
  return `${(100 * share).toFixed(share < 0.1 || share > 0.99 ? 1 : 0)} %`;
}

async function pick(reading, signal) {
  byId("latex").textContent = reading.latex;
  byId("copy").textContent = "Copy";
  await formula.draw(reading.latex, signal);
}

async function choose(found, rank) {
  const { signal } = current;
  const reading = found.readings[rank];
  const chosen = () => !signal.aborted && document.querySelectorAll("#readings input")[rank]?.checked;
  attention.wait();
  await pick(reading, signal);
  if (!found.attention) return;
  reading.attention ??= rank === 0 ? found.attention : await lookAgain(reading, signal);
  if (reading.attention && chosen()) attention.show(found.picture, reading.attention);
}

async function lookAgain(reading, signal) {
  const form = new FormData();
  form.set("picture", picture);
  form.set("tokens", JSON.stringify(reading.tokens));
  try {
    return await ask("look", form, signal);
  } catch (error) {
    if (!signal.aborted) fail(error.message);
    return undefined;
  }
}

// === Pictures: chosen, pasted, dropped, drawn ===

async function give(blob) {
  select(byId("tab-picture"));
  const image = byId("given");
  const address = URL.createObjectURL(blob);
  const old = image.src;
  image.src = address;
  if (old) URL.revokeObjectURL(old);
  const reading = read(blob);
  const drawable = await image.decode().then(() => true, () => false);
  if (image.src !== address) return;
  image.hidden = !drawable;
  byId("invitation").hidden = drawable;
  byId("stage").classList.toggle("filled", drawable);
  await reading;
}

byId("choose").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", event => {
  const [file] = event.target.files;
  event.target.value = "";
  if (file) give(file);
});

byId("example").addEventListener("click", async () => {
  try {
    const answer = await fetch("example");
    give(await answer.blob());
  } catch {
    fail("the server does not answer; is im2latex demo still running?");
  }
});

document.addEventListener("paste", event => {
  const files = [...event.clipboardData.files];
  const file = files.find(({ type }) => type.startsWith("image/")) || files[0];
  if (file) {
    event.preventDefault();
    give(file);
  } else {
    fail("no picture: the clipboard holds none");
  }
});

byId("paste").hidden = !navigator.clipboard?.read;
byId("paste").addEventListener("click", async () => {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find(name => name.startsWith("image/"));
      if (type) return give(await item.getType(type));
    }
    fail("no picture: the clipboard holds none");
  } catch {
    fail("the browser does not let the page see the clipboard; press Ctrl V instead");
  }
});

const hasFiles = event => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragover", event => {
  event.preventDefault();
  byId("veil").hidden = !hasFiles(event);
});
document.addEventListener("dragleave", event => {
  if (!event.relatedTarget) byId("veil").hidden = true;
});
document.addEventListener("drop", event => {
  event.preventDefault();
  byId("veil").hidden = true;
  const [file] = event.dataTransfer.files;
  if (file) give(file);
});

sketch.addEventListener("pause", async () => {
  const drawn = await sketch.picture();
  if (drawn) read(drawn);
  else forget();
});

// === Copying ===

byId("copy").addEventListener("click", async () => {
  const latex = byId("latex").textContent;
  let copied = true;
  try {
    await navigator.clipboard.writeText(latex);
  } catch {
    // Without https the clipboard is out of reach: what is selected can be copied still.
    getSelection().selectAllChildren(byId("latex"));
    copied = document.execCommand("copy");
  }
  byId("copy").textContent = copied ? "Copied ✓" : "Ctrl C";
  byId("status").textContent = copied ? "Copied" : "Press Control C to copy";
  setTimeout(() => (byId("copy").textContent = "Copy"), 1600);
});

// === Tabs ===

const tabs = [byId("tab-picture"), byId("tab-sketch")];

function select(chosen) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    byId(tab.getAttribute("aria-controls")).hidden = tab !== chosen;
  }
}

for (const tab of tabs) {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", event => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = tabs.find(one => one !== tab);
    select(other);
    other.focus();
  });
}

fetch("about").then(answer => answer.json()).then(({ model, beam_size, local }) => {
  const where = local ? "Pictures stay on this machine." : `Pictures go to ${location.host} and nowhere else.`;
  byId("about").textContent = `Model ${model}, beam ${beam_size}. ${where}`;
});
