// Draws LaTeX: by KaTeX, and where KaTeX can't by the TeX of the server, if it has one.

const MACROS = { "\\sp": "^{#1}", "\\sb": "_{#1}", "\\slash": "/" };
const SMALLEST = 0.5;

export class Formula {
  constructor(place) {
    this.place = place;
    new ResizeObserver(() => this.fit()).observe(place);
  }

  async draw(latex, signal) {
    const drawn = document.createElement("div");
    try {
      // A macro that a formula defines lives as long as the object does.
      katex.render(latex, drawn, { displayMode: true, strict: "ignore", macros: { ...MACROS } });
    } catch (error) {
      await this.drawByTex(latex, drawn, signal, error);
    }
    if (signal.aborted) return;
    this.place.replaceChildren(drawn);
    this.fit();
    document.fonts.ready.then(() => this.fit()); // widths are those of other fonts before
  }

  async drawByTex(latex, drawn, signal, error) {
    let reason = error.message.replace(/^KaTeX parse error: /, "");
    try {
      const answer = await fetch("draw", { method: "POST", body: latex, signal });
      if (answer.ok) {
        const image = new Image();
        image.src = URL.createObjectURL(await answer.blob());
        await image.decode();
        URL.revokeObjectURL(image.src);
        image.alt = latex;
        image.width = image.naturalWidth / 1.7; // 200 dots an inch, as large as KaTeX draws
        drawn.append(image);
        return;
      }
      if (answer.status !== 501) reason = (await answer.json()).error;
    } catch (failure) {
      if (failure.name === "AbortError") return;
    }
    drawn.className = "error";
    drawn.textContent = `Not drawn: ${reason}`;
  }

  // Wide formulas are drawn smaller, down to a size that can be read; beyond it they scroll.
  fit() {
    const drawn = this.place.firstElementChild;
    if (!drawn) return;
    drawn.style.fontSize = "";
    const style = getComputedStyle(this.place);
    const room = this.place.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const edges = [...drawn.querySelectorAll(".katex-html > .katex-base")].map(part => part.getBoundingClientRect());
    if (!edges.length) return;
    const wide = Math.max(...edges.map(({ right }) => right)) - Math.min(...edges.map(({ left }) => left));
    if (wide > room) drawn.style.fontSize = `${Math.max(SMALLEST, (0.99 * room) / wide)}em`;
  }
}
