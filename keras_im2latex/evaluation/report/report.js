"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 25;
  const VERDICTS = {
    "different": "different", "failed": "does not compile", "missing": "missing", "match-ws": "match (-ws) only",
    "match": "match, not identical", "identical": "identical", "undrawable": "gold does not compile",
  };
  const LABELS = { input: "input", gold: "gold", predicted: "predicted", difference: "difference" };
  const byId = id => document.getElementById(id);

  function element(tag, text, className) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function option(select, value, text) {
    const made = element("option", text);
    made.value = value;
    select.append(made);
  }

  // Which tokens of two lists are common: a table of the longest common subsequence, read from its start.
  function common(gold, predicted) {
    const width = predicted.length + 1;
    const table = new Uint16Array((gold.length + 1) * width);
    for (let i = gold.length - 1; i >= 0; i--) {
      for (let j = predicted.length - 1; j >= 0; j--) {
        table[i * width + j] = gold[i] === predicted[j]
          ? table[(i + 1) * width + j + 1] + 1
          : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
      }
    }
    const kept = [new Set(), new Set()];
    for (let i = 0, j = 0; i < gold.length && j < predicted.length;) {
      if (gold[i] === predicted[j]) { kept[0].add(i++); kept[1].add(j++); }
      else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) i++;
      else j++;
    }
    return kept;
  }

  function marked(tokens, kept, tag) {
    const made = element("dd");
    let run = [], changed = false;
    const flush = () => {
      if (run.length) made.append(changed ? element(tag, run.join(" ")) : run.join(" "), " ");
      run = [];
    };
    tokens.forEach((token, i) => {
      if (changed !== !kept.has(i)) { flush(); changed = !kept.has(i); }
      run.push(token);
    });
    flush();
    return made;
  }

  function article(formula) {
    const made = element("article");
    const head = element("h3");
    const good = ["identical", "match", "match-ws"].includes(formula.verdict);
    const numbered = /^\d+$/.test(formula.name);
    head.append(element("b", numbered ? `formula ${formula.name}` : formula.name));
    head.append(element("span", VERDICTS[formula.verdict], good ? "verdict good" : "verdict"));
    if (formula.columns) {
      head.append(element("span", `${(100 * formula.edited / formula.columns).toFixed(1)} % of columns to edit`));
    }
    head.append(element("span", formula.exact ? "tokens exact" : `${formula.tokens} ${formula.tokens === 1 ? "token" : "tokens"} to edit`));
    head.append(element("span", [...formula.constructs, `${formula.length} tokens`].join(", ")));
    made.append(head);
    for (const [name, who] of [["gold_error", "Gold"], ["predicted_error", "Prediction"]]) {
      if (formula[name]) made.append(element("p", `${who} does not compile: ${formula[name]}`, "error"));
    }
    if (formula.pictures) {
      const pictures = element("div", undefined, "pictures");
      for (const [name, label] of Object.entries(LABELS)) {
        if (!formula.pictures[name]) continue;
        const figure = element("figure"), frame = element("div", undefined, "picture"), image = element("img");
        const both = name === "gold" && formula.verdict === "identical";
        image.alt = `${both ? "gold and predicted" : label} picture of formula ${formula.name}`;
        image.addEventListener("load", () => {
          // Pictures are at 200 dots an inch, inputs may be at 100: all are shown at 130.
          const scale = name === "input" && data.inputsDownsampled ? 1.3 : 0.65;
          image.style.width = `${Math.max(1, Math.round(image.naturalWidth * scale))}px`;
        });
        image.src = `data:image/png;base64,${formula.pictures[name]}`;
        frame.append(image);
        frame.tabIndex = 0;
        figure.append(element("figcaption", both ? "gold = predicted" : label), frame);
        pictures.append(figure);
      }
      made.append(pictures);
    } else {
      made.append(element("p", "Not among the worst, which alone have pictures in this report.", "note"));
    }
    const gold = formula.gold ? formula.gold.split(" ") : [];
    const predicted = formula.predicted ? formula.predicted.split(" ") : [];
    const list = element("dl", undefined, "tokens");
    if (formula.exact) {
      list.append(element("dt", "both"), element("dd", formula.gold));
    } else {
      const kept = common(gold, predicted);
      list.append(element("dt", "gold"), marked(gold, kept[0], "del"));
      list.append(element("dt", "predicted"));
      list.append(predicted.length ? marked(predicted, kept[1], "ins") : element("dd", "—"));
    }
    made.append(list);
    return made;
  }

  let page = 0, chosen = data.formulas;

  function show() {
    const pages = Math.max(1, Math.ceil(chosen.length / PAGE));
    page = Math.min(Math.max(page, 0), pages - 1);
    const some = chosen.slice(page * PAGE, (page + 1) * PAGE);
    byId("list").replaceChildren(...some.map(article));
    for (const pager of document.querySelectorAll(".pager")) {
      const make = (text, label, target) => {
        const button = element("button", text);
        button.type = "button";
        button.setAttribute("aria-label", label);
        button.disabled = target < 0 || target >= pages || target === page;
        button.addEventListener("click", () => {
          page = target;
          show();
          byId("controls").scrollIntoView();
        });
        return button;
      };
      const range = chosen.length
        ? `${(page * PAGE + 1).toLocaleString("en")} to ${(page * PAGE + some.length).toLocaleString("en")} of ` +
          `${chosen.length.toLocaleString("en")} formulas`
        : "no such formula";
      pager.replaceChildren(
        make("⇤", "first page", 0), make("←", "previous page", page - 1), element("span", range),
        make("→", "next page", page + 1), make("⇥", "last page", pages - 1));
    }
  }

  function choose() {
    const wanted = [...document.querySelectorAll("#constructs input:checked")].map(box => box.value);
    const verdict = byId("verdict").value, length = byId("length").value, text = byId("text").value.trim();
    chosen = data.formulas.filter(formula =>
      wanted.every(name => formula.constructs.includes(name)) &&
      (!verdict || formula.verdict === verdict) &&
      (!length || formula.length === length) &&
      (!text || formula.name.includes(text) || formula.gold.includes(text) || formula.predicted.includes(text)));
    if (byId("order").value === "index") chosen.sort((one, other) => one.index - other.index);
    page = 0;
    show();
  }

  for (const name of data.constructs) {
    const label = element("label"), box = element("input");
    const count = data.formulas.filter(formula => formula.constructs.includes(name)).length;
    box.type = "checkbox";
    box.value = name;
    label.append(box, `${name} ${count.toLocaleString("en")}`);
    byId("constructs").append(label);
  }
  option(byId("verdict"), "", "any");
  for (const [name, label] of Object.entries(VERDICTS)) {
    const count = data.formulas.filter(formula => formula.verdict === name).length;
    if (count) option(byId("verdict"), name, `${label} (${count.toLocaleString("en")})`);
  }
  option(byId("length"), "", "any");
  for (const name of data.lengths) option(byId("length"), name, name);
  byId("controls").addEventListener("input", choose);
  byId("controls").addEventListener("submit", event => event.preventDefault());
  show();
})();
