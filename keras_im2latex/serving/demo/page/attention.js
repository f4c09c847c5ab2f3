// The model's attention over the picture, as one moves along the tokens.

const FINE = [255, 140, 0];
const COARSE = "0 90 181";
const LARGEST_SCALE = 3;
const NAMES = { "<end>": "end" };

export class Attention {
  constructor({ section, sheet, image, canvas, tokens }) {
    Object.assign(this, { section, sheet, image, canvas, tokens });
    new ResizeObserver(() => this.resize()).observe(sheet.parentElement);
    tokens.addEventListener("pointerover", event => this.choose(event.target.closest("[role=option]")));
    tokens.addEventListener("click", event => this.choose(event.target.closest("[role=option]")));
    tokens.addEventListener("focusin", event => this.choose(event.target.closest("[role=option]")));
    tokens.addEventListener("keydown", event => this.move(event));
  }

  hide() {
    this.section.hidden = true;
  }

  // What is shown belongs to another reading until the next `show`.
  wait() {
    this.section.setAttribute("aria-busy", "true");
  }

  show(picture, looked) {
    this.section.hidden = !looked;
    this.section.setAttribute("aria-busy", "false");
    if (!looked) return;
    const focused = [...this.tokens.children].indexOf(document.activeElement);
    this.picture = picture;
    this.image.src = picture.address;
    this.fine = decoded(looked.fine);
    this.coarse = decoded(looked.coarse);
    this.tokens.replaceChildren(...looked.tokens.map((token, step) => {
      const option = document.createElement("span");
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.tabIndex = -1;
      option.dataset.step = step;
      option.textContent = NAMES[token] || token;
      return option;
    }));
    this.resize();
    if (focused < 0) this.choose(this.tokens.firstElementChild);
    else this.focus(focused);
  }

  focus(step) {
    const options = this.tokens.children;
    options[Math.max(0, Math.min(step, options.length - 1))].focus();
  }

  move(event) {
    const options = [...this.tokens.children];
    const at = options.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.focus(to);
  }

  choose(option) {
    if (!option) return;
    for (const other of this.tokens.querySelectorAll("[aria-selected=true]")) {
      other.setAttribute("aria-selected", "false");
      other.tabIndex = -1;
    }
    option.setAttribute("aria-selected", "true");
    option.tabIndex = 0;
    this.step = Number(option.dataset.step);
    this.draw();
  }

  resize() {
    if (!this.picture) return;
    const frame = getComputedStyle(this.sheet.parentElement);
    const room = this.sheet.parentElement.clientWidth - parseFloat(frame.paddingLeft) - parseFloat(frame.paddingRight);
    if (room <= 0) return;
    const { width, height } = this.picture;
    // As wide as there is room; a long formula on a narrow screen stays legible and scrolls.
    const scale = Math.max(0.75, Math.min(LARGEST_SCALE, room / width, 320 / height));
    this.sheet.style.width = `${width * scale}px`;
    this.sheet.style.height = `${height * scale}px`;
    const pixels = scale * devicePixelRatio;
    this.canvas.width = Math.round(width * pixels);
    this.canvas.height = Math.round(height * pixels);
    this.draw();
  }

  draw() {
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!this.picture || this.step === undefined) return;
    const scale = this.canvas.width / this.picture.width;
    const filled = this.fine || this.coarse;
    context.imageSmoothingQuality = "high";
    context.drawImage(cells(filled, this.step), 0, 0, filled.columns * filled.cell * scale, filled.rows * filled.cell * scale);
    if (this.fine && this.coarse) this.outline(context, scale);
    this.follow(filled);
  }

  outline(context, scale) {
    const { rows, columns, cell, weights } = this.coarse;
    const side = cell * scale;
    context.lineWidth = 2 * devicePixelRatio;
    for (let place = 0; place < rows * columns; place++) {
      const weight = weights[this.step * rows * columns + place] / 255;
      if (weight < 0.02) continue;
      context.strokeStyle = `rgb(${COARSE} / ${0.3 + 0.7 * weight})`;
      context.strokeRect((place % columns) * side + 1, Math.floor(place / columns) * side + 1, side - 2, side - 2);
    }
  }

  // Where the picture is wider than the screen, what was looked at comes into sight.
  follow({ rows, columns, cell, weights }) {
    const frame = this.sheet.parentElement;
    if (frame.scrollWidth <= frame.clientWidth) return;
    const size = rows * columns;
    const step = weights.subarray(this.step * size, (this.step + 1) * size);
    const column = step.indexOf(255) % columns;
    const x = (column + 0.5) * cell * (this.sheet.clientWidth / this.picture.width);
    frame.scrollTo({ left: x - frame.clientWidth / 2 });
  }
}

function decoded(grid) {
  return grid && { ...grid, weights: Uint8Array.from(atob(grid.weights), character => character.charCodeAt(0)) };
}

function cells({ rows, columns, weights }, step) {
  const canvas = new OffscreenCanvas(columns, rows);
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let place = 0; place < rows * columns; place++) {
    image.data.set([...FINE, weights[step * rows * columns + place]], 4 * place);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
