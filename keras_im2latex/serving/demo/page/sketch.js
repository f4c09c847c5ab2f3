// A place to draw on. Strokes are kept as lines, and given away at the size that print has.

const PEN = 3.5; // CSS pixels, on the screen
const PRINTED_HEIGHT = 24; // pixels of a capital letter at 200 dots an inch
const PRINTED_PEN = 2.2;
const MARGIN = 20;
const PAUSE = 700; // milliseconds

export class Sketch extends EventTarget {
  constructor(canvas, undo, clear) {
    super();
    Object.assign(this, { canvas, undo, clear, strokes: [], stroke: null });
    canvas.addEventListener("pointerdown", event => this.begin(event));
    canvas.addEventListener("pointermove", event => this.go(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => this.end());
    undo.addEventListener("click", () => this.change(() => this.strokes.pop()));
    clear.addEventListener("click", () => this.change(() => (this.strokes = [])));
    canvas.addEventListener("keydown", event => {
      if (event.key === "z" && (event.ctrlKey || event.metaKey)) undo.click();
    });
    new ResizeObserver(() => this.resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  begin(event) {
    if (event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    clearTimeout(this.waiting);
    this.stroke = [];
    this.strokes.push(this.stroke);
    this.go(event);
  }

  go(event) {
    if (!this.stroke) return;
    for (const point of event.getCoalescedEvents?.().concat(event) ?? [event]) {
      const box = this.canvas.getBoundingClientRect();
      this.stroke.push([point.clientX - box.left, point.clientY - box.top]);
    }
    this.draw();
  }

  end() {
    if (!this.stroke) return;
    this.stroke = null;
    this.change(() => null);
  }

  change(how) {
    how();
    this.undo.disabled = this.clear.disabled = !this.strokes.length;
    this.draw();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.dispatchEvent(new Event("pause")), this.strokes.length ? PAUSE : 0);
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth) return;
    this.canvas.width = clientWidth * devicePixelRatio;
    this.canvas.height = clientHeight * devicePixelRatio;
    this.draw();
  }

  draw() {
    const context = this.canvas.getContext("2d");
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.strokeStyle = getComputedStyle(this.canvas).color;
    trace(context, this.strokes, PEN);
    if (!this.strokes.length) {
      context.fillStyle = getComputedStyle(document.body).getPropertyValue("--quiet");
      context.font = "17px system-ui, sans-serif";
      context.textAlign = "center";
      context.fillText("Draw a formula here", this.canvas.clientWidth / 2, this.canvas.clientHeight / 2);
    }
  }

  // Black on white, as a PNG; null where nothing is drawn.
  picture() {
    if (!this.strokes.length) return null;
    const points = this.strokes.flat();
    const [left, top] = [0, 1].map(axis => Math.min(...points.map(point => point[axis])));
    const [right, bottom] = [0, 1].map(axis => Math.max(...points.map(point => point[axis])));
    const sides = this.strokes.map(side).filter(length => length > 2 * PEN).sort((one, other) => one - other);
    const scale = Math.min(1, PRINTED_HEIGHT / (sides[Math.floor(sides.length / 2)] || PRINTED_HEIGHT));
    const canvas = new OffscreenCanvas((right - left) * scale + 2 * MARGIN, (bottom - top) * scale + 2 * MARGIN);
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.setTransform(scale, 0, 0, scale, MARGIN - left * scale, MARGIN - top * scale);
    context.strokeStyle = "black";
    trace(context, this.strokes, PRINTED_PEN / scale);
    return canvas.convertToBlob({ type: "image/png" });
  }
}

function side(stroke) {
  const [width, height] = [0, 1].map(axis => {
    const values = stroke.map(point => point[axis]);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.max(width, height);
}

function trace(context, strokes, width) {
  context.lineWidth = width;
  context.lineCap = context.lineJoin = "round";
  for (const [first, ...others] of strokes) {
    context.beginPath();
    context.moveTo(...first);
    context.lineTo(...first); // a dot
    let [x, y] = first;
    for (const [nextX, nextY] of others) {
      context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
      [x, y] = [nextX, nextY];
    }
    context.lineTo(x, y);
    context.stroke();
  }
}
