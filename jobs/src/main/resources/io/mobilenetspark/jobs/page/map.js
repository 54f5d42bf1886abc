import { categories, colourOf, palette } from "./colours.js";
import { byId, copy, counted, make, number, picture, say, shortName, titleOf } from "./dom.js";
import { canLayOut, layOut } from "./layout.js";
import { PointLayer, isInPolygon } from "./points.js";

const LISTED = 200;
const NEAR = 12;

// The map: what the pointer, the keys and the fields do to it.
export class PointMap {
  constructor(data) {
    this.data = data;
    this.canvas = byId("points");
    this.layer = new PointLayer(this.canvas, data.x, data.y);
    this.hidden = new Set();
    this.found = null;
    this.selected = [];
    this.pointers = new Map();
    this.by = byId("colour").value;
    this.ownNote = byId("map-note").textContent;
    this.canLayOut = canLayOut(data);
    byId("layout-choice").hidden = !this.canLayOut;
    byId("layout").addEventListener("change", (event) => this.layOut(event.target.value));
    if (!this.layer.canDraw) {
      this.ownNote += " This browser has no WebGL 2, so that the points can’t be drawn.";
      byId("map-note").textContent = this.ownNote;
    }
    byId("colour").addEventListener("change", (event) => this.colourBy(event.target.value));
    byId("find").addEventListener("input", (event) => this.find(event.target.value));
    byId("lasso").addEventListener("click", () => this.setLasso(!this.isLasso));
    byId("in-view").addEventListener("click", () => this.select(this.inView(), "in view"));
    byId("zoom-in").addEventListener("click", () => this.zoom(1.6));
    byId("zoom-out").addEventListener("click", () => this.zoom(1 / 1.6));
    byId("zoom-all").addEventListener("click", () => this.reset());
    byId("copy-selected").addEventListener("click", () => copy(this.selected.map((row) => data.ids[row])));
    byId("clear-selected").addEventListener("click", () => this.clear());
    this.listen();
    new ResizeObserver(() => this.resize()).observe(this.canvas.parentElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    this.resize();
    this.colourBy(this.by);
    this.select([], "");
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.up(event));
    canvas.addEventListener("pointercancel", (event) => this.cancel(event));
    canvas.addEventListener("pointerleave", () => this.hover(-1));
    canvas.addEventListener("blur", () => this.hover(-1));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        this.zoom(Math.exp(-event.deltaY * 0.0015), event.offsetX, event.offsetY);
      },
      { passive: false },
    );
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas.parentElement;
    this.layer.resize(clientWidth, clientHeight, devicePixelRatio);
    this.request();
  }

  // Draws once before the next frame, however much changes until then.
  request() {
    if (!this.isRequested) {
      this.isRequested = true;
      requestAnimationFrame(() => {
        this.isRequested = false;
        this.layer.draw();
        this.mark();
      });
    }
  }

  // By principal components, or by UMAP, which is computed once.
  async layOut(wanted) {
    const by = this.canLayOut ? wanted : "components";
    byId("layout").value = by;
    this.layout = by;
    if (by === "umap" && !this.umap) {
      byId("map-note").textContent = "UMAP is being computed …";
      this.umap = layOut(this.data, Number(byId("layout").dataset.most), (part) => {
        if (this.layout === "umap") {
          byId("map-note").textContent = `UMAP is being computed: ${Math.round(100 * part)} %`;
        }
      });
    }
    let placed = null;
    try {
      placed = by === "umap" ? await this.umap : null;
    } catch (error) {
      this.umap = null;
      if (this.layout === "umap") {
        say(`UMAP can’t be computed: ${error.message}`);
        this.layOut("components");
      }
      return;
    }
    if (this.layout === by) {
      this.placed = placed;
      this.layer.place(placed?.x ?? this.data.x, placed?.y ?? this.data.y, placed?.count ?? this.data.points);
      byId("map-note").textContent = placed ? this.noteOf(placed) : this.ownNote;
      if (placed) {
        say(`${counted(placed.count, "point")} laid out by UMAP.`);
      }
      this.count();
      this.tellSelected();
      this.reset();
      this.paint();
    }
  }

  // A sample's layout has no place for the other points.
  isPlaced(row) {
    return !this.placed || this.placed.isPlaced[row] === 1;
  }

  noteOf({ count }) {
    const { points } = this.data;
    const which = count < points ? `A sample of ${number(count)} of ${number(points)} points` : counted(count, "point");
    return `${which} by UMAP, of the principal components: what is alike is near, but distances between groups, and the groups’ sizes, say nothing.`;
  }

  colourBy(by) {
    this.by = by;
    this.categories = categories(this.data, by);
    this.hidden.clear();
    byId("legend-note").hidden = by !== "finding";
    const legend = byId("legend");
    legend.replaceChildren(
      ...this.categories.list.map(({ index, name }) => {
        const swatch = make("span", { class: "swatch" });
        swatch.dataset.category = index;
        const toggle = make(
          "button",
          { type: "button", "aria-pressed": "true", title: name },
          swatch,
          make("span", { class: "name" }, name),
          make("span", { class: "count" }),
        );
        toggle.addEventListener("click", () => {
          const isShown = this.hidden.delete(index) || !this.hidden.add(index);
          toggle.setAttribute("aria-pressed", String(isShown));
          this.paint();
        });
        return make("li", {}, toggle);
      }),
    );
    this.count();
    this.paint();
  }

  // How many points of each colour the map has, in the legend.
  count() {
    const counts = new Map();
    for (let row = 0; row < this.data.points; row++) {
      if (this.isPlaced(row)) {
        const category = this.categories.of[row];
        counts.set(category, (counts.get(category) ?? 0) + 1);
      }
    }
    const shown = byId("legend").querySelectorAll(".count");
    this.categories.list.forEach(({ index }, i) => (shown[i].textContent = number(counts.get(index) ?? 0)));
  }

  paint() {
    const { layer, data } = this;
    const colours = palette();
    for (const swatch of byId("legend").querySelectorAll(".swatch")) {
      swatch.style.background = colourOf(Number(swatch.dataset.category));
    }
    const isHidden = colours.map((_, category) => this.hidden.has(category));
    const marked = new Set(this.selected);
    for (let row = 0; row < data.points; row++) {
      const category = this.categories.of[row];
      const isFound = !this.found || this.found.has(row);
      const [red, green, blue, opacity] = colours[category];
      const at = 4 * row;
      layer.colours[at] = red;
      layer.colours[at + 1] = green;
      layer.colours[at + 2] = blue;
      layer.colours[at + 3] = isFound ? opacity : 25;
      const isSeen = !isHidden[category] && this.isPlaced(row);
      layer.sizes[row] = !isSeen ? 0 : marked.has(row) || (this.found && isFound) ? 12 : 7;
    }
    layer.upload();
    this.request();
  }

  find(text) {
    const wanted = text.trim().toLowerCase();
    const { data } = this;
    if (!wanted) {
      this.found = null;
      this.select([], "");
      return;
    }
    const byLabel = data.labels.map((label) => label.toLowerCase().includes(wanted));
    const rows = [];
    for (let row = 0; row < data.points; row++) {
      if (byLabel[data.label[row]] || data.nameOf(row).toLowerCase().includes(wanted)) {
        rows.push(row);
      }
    }
    this.found = new Set(rows);
    this.select(rows, `with “${text.trim()}”`);
  }

  inView() {
    const { width, height } = this.layer;
    return this.layer.within((x, y) => x >= 0 && y >= 0 && x <= width && y <= height);
  }

  clear() {
    byId("find").value = "";
    this.found = null;
    this.select([], "");
  }

  select(rows, how) {
    this.selected = rows;
    this.how = how;
    const { data } = this;
    this.tellSelected();
    byId("copy-selected").disabled = byId("clear-selected").disabled = rows.length === 0 && !how;
    byId("copy-selected").disabled = rows.length === 0;
    const items = rows.slice(0, LISTED).map((row) =>
      make(
        "li",
        {},
        make(
          "button",
          {
            type: "button",
            title: data.nameOf(row),
            onclick: () => this.onOpen(row, rows),
            onfocus: () => this.hover(row),
            onblur: () => this.hover(-1),
          },
          picture(data, row),
          make("span", { class: "name" }, shortName(data.nameOf(row))),
          make("span", { class: "label" }, data.labelOf(row) ?? ""),
        ),
      ),
    );
    if (rows.length > LISTED) {
      items.push(make("li", { class: "more" }, `and ${number(rows.length - LISTED)} more, which are copied, too`));
    }
    byId("selected").replaceChildren(...items);
    byId("hint").hidden = rows.length > 0;
    this.paint();
  }

  tellSelected() {
    const { selected, how } = this;
    const away = selected.filter((row) => !this.isPlaced(row)).length;
    const text = selected.length || how ? `${counted(selected.length, "row")} ${how}` : "No selection";
    byId("selected-count").textContent = away ? `${text}, ${number(away)} of them not in the sample` : text;
  }

  setLasso(isOn) {
    this.isLasso = isOn;
    byId("lasso").setAttribute("aria-pressed", String(isOn));
    this.canvas.classList.toggle("lasso", isOn);
  }

  zoom(factor, x, y) {
    this.layer.zoom(factor, x, y);
    this.hover(-1);
    this.request();
  }

  reset() {
    this.layer.view = { x: 0.5, y: 0.5, scale: 1 };
    this.hover(-1);
    this.request();
  }

  // Zooms to a row, and points at it.
  async show(row) {
    if (this.placed && !this.placed.isPlaced[row]) {
      await this.layOut("components");
    }
    this.layer.show(row, Math.max(this.layer.view.scale, 6));
    this.canvas.scrollIntoView({ block: "center" });
    this.canvas.focus({ preventScroll: true });
    this.request();
    this.hover(row);
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [event.offsetX, event.offsetY]);
    this.hasMoved = this.pointers.size > 1;
    this.polygon = this.pointers.size === 1 && (this.isLasso || event.shiftKey) ? [[event.offsetX, event.offsetY]] : null;
  }

  move(event) {
    const last = this.pointers.get(event.pointerId);
    const here = [event.offsetX, event.offsetY];
    if (!last) {
      this.hover(this.layer.nearest(...here, NEAR));
      return;
    }
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    if (this.polygon) {
      this.polygon.push(here);
      this.outline();
    } else if (others.length) {
      const before = Math.hypot(last[0] - others[0][0], last[1] - others[0][1]);
      const now = Math.hypot(here[0] - others[0][0], here[1] - others[0][1]);
      this.layer.zoom(now / Math.max(1, before), (here[0] + others[0][0]) / 2, (here[1] + others[0][1]) / 2);
      this.request();
    } else if (this.hasMoved || Math.hypot(here[0] - last[0], here[1] - last[1]) > 3) {
      this.hover(-1);
      this.hasMoved = true;
      this.layer.pan(here[0] - last[0], here[1] - last[1]);
      this.request();
    } else {
      return; // a hand that trembles does not drag
    }
    this.pointers.set(event.pointerId, here);
  }

  up(event) {
    const { polygon } = this;
    const isLast = this.pointers.delete(event.pointerId) && this.pointers.size === 0;
    if (polygon && polygon.length > 2) {
      this.found = null;
      byId("find").value = "";
      this.select(this.layer.within((x, y) => isInPolygon(polygon, x, y)), "in the lasso");
      say(`Selected ${counted(this.selected.length, "row")}.`);
    } else if (isLast && !this.hasMoved) {
      const row = this.layer.nearest(event.offsetX, event.offsetY, event.pointerType === "touch" ? 2 * NEAR : NEAR);
      this.hover(row);
      if (row >= 0) {
        this.onOpen(row, [row]);
      }
    }
    this.polygon = null;
    this.outline();
  }

  cancel(event) {
    this.pointers.delete(event.pointerId);
    this.polygon = null;
    this.outline();
  }

  key(event) {
    const step = 40;
    const pans = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    const { layer } = this;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    } else if (pans[event.key]) {
      layer.pan(...pans[event.key]);
    } else if (event.key === "+" || event.key === "=") {
      layer.zoom(1.4);
    } else if (event.key === "-") {
      layer.zoom(1 / 1.4);
    } else if (event.key === "0") {
      this.reset();
    } else if (event.key.toLowerCase() === "l") {
      this.setLasso(!this.isLasso);
    } else if (event.key === "Enter" && this.hovered >= 0) {
      this.onOpen(this.hovered, [this.hovered]);
    } else if (event.key === "Escape") {
      this.clear();
    } else {
      return;
    }
    event.preventDefault();
    this.request();
    if (event.key !== "Enter" && event.key !== "Escape") {
      const reach = Math.max(layer.width, layer.height) / 2; // groups of UMAP may lie around an empty middle
      this.hover(layer.nearest(layer.width / 2, layer.height / 2, reach));
    }
  }

  // Nothing is pointed at for a row that has no place.
  hover(wanted) {
    const row = wanted >= 0 && this.isPlaced(wanted) ? wanted : -1;
    if (row === this.hovered) {
      return;
    }
    this.hovered = row;
    const tip = byId("tip");
    tip.hidden = row < 0;
    if (row >= 0) {
      const { data } = this;
      const label = data.labelOf(row);
      const hasPicture = data.pictureOf(row) || data.problemOf(row);
      tip.replaceChildren(
        hasPicture ? picture(data, row) : "",
        make("span", { class: "name" }, shortName(data.nameOf(row))),
        label === null ? "" : make("span", { class: "label" }, label),
        make("span", { class: "why" }, data.kindsOf(row).map(titleOf).join(", ")),
      );
    }
    this.mark();
  }

  // Puts the tip and the ring where the point is.
  mark() {
    const ring = byId("ring");
    const tip = byId("tip");
    const row = this.hovered ?? -1;
    ring.hidden = row < 0;
    if (row >= 0) {
      const { layer } = this;
      const [x, y] = layer.toPage(row);
      ring.style.transform = `translate(${x}px, ${y}px)`;
      const left = Math.max(4, Math.min(layer.width - tip.offsetWidth - 4, x + 14));
      const below = y + 14 + tip.offsetHeight < layer.height;
      const top = below ? y + 14 : Math.max(4, y - 14 - tip.offsetHeight);
      tip.style.transform = `translate(${left}px, ${top}px)`;
    }
  }

  outline() {
    const points = (this.polygon ?? []).map((place) => place.join(",")).join(" ");
    byId("outline").setAttribute("points", points);
  }
}
