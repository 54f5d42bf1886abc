import { byId, copyButton, make, number, picture, shortName, titleOf } from "./dom.js";
import { nearestTo } from "./neighbours.js";

const NEIGHBOURS = 8;

// A dialog with all that the page knows of a row, its neighbours among it. The arrow keys lead through the list that it was
// opened from; neighbours lead away from it, and back.
export class Details {
  constructor(data, showOnMap) {
    this.data = data;
    this.showOnMap = showOnMap;
    this.dialog = byId("details");
    this.entries = new Map();
    for (const entry of data.entries) {
      this.entries.set(entry.row, [...(this.entries.get(entry.row) ?? []), entry]);
    }
    byId("details-close").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) {
        this.dialog.close();
      }
    });
    this.dialog.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const isOther = event.altKey || event.ctrlKey || event.metaKey || event.target.matches("textarea");
      if (step && !isOther) {
        event.preventDefault();
        this.step(step);
      }
    });
    byId("details-back").addEventListener("click", () => this.back());
    byId("details-previous").addEventListener("click", () => this.step(-1));
    byId("details-next").addEventListener("click", () => this.step(1));
  }

  // Opens at a row of a list.
  open(row, list) {
    this.list = list;
    this.at = Math.max(0, list.indexOf(row));
    this.passed = [];
    if (!this.dialog.open) {
      this.dialog.showModal();
    }
    this.fill(row);
    byId("details-title").focus();
  }

  step(by) {
    const at = this.at + by;
    if (at >= 0 && at < this.list.length) {
      this.at = at;
      this.passed = [];
      this.fill(this.list[at]);
    }
  }

  // To a row beside the list, whose place is kept.
  visit(row) {
    this.passed.push(this.row);
    this.fill(row);
  }

  back() {
    this.fill(this.passed.pop());
  }

  fill(row) {
    this.row = row;
    const { data } = this;
    const name = data.nameOf(row);
    const isBeside = this.passed.length > 0;
    const place = `${number(this.at + 1)} of ${number(this.list.length)}`;
    byId("details-title").textContent = shortName(name);
    byId("details-place").textContent = this.list.length < 2 ? "" : isBeside ? `beside ${place}` : place;
    byId("details-back").hidden = !isBeside;
    byId("details-previous").disabled = this.at === 0;
    byId("details-next").disabled = this.at === this.list.length - 1;
    byId("details-previous").hidden = byId("details-next").hidden = this.list.length < 2;
    const entries = this.entries.get(row) ?? [];
    const shown = new Set(entries.map((entry) => data.summary.kinds[entry.kind]));
    const facts = [["Id", name]];
    if (data.labelOf(row) !== null) {
      facts.push(["Label", data.labelOf(row)]);
    }
    const group = entries.find((entry) => entry.group !== undefined)?.group;
    if (group !== undefined) {
      facts.push(["Group", String(group)]);
    }
    for (const entry of entries) {
      const kind = titleOf(data.summary.kinds[entry.kind]);
      facts.push([kind, entry.suggested ? `${entry.detail}; suggested: ${entry.suggested}` : entry.detail]);
    }
    for (const kind of data.kindsOf(row).filter((one) => !shown.has(one))) {
      facts.push([titleOf(kind), "its details are in the audit’s table"]);
    }
    if (row < data.points) {
      facts.push(["Cluster", String(data.cluster[row] + 1)]);
    }
    if (data.problemOf(row)) {
      facts.push(["Image", data.problemOf(row)]);
    }
    const list = make("dl");
    for (const [term, text] of facts) {
      list.append(make("dt", {}, term), make("dd", {}, text));
    }
    const actions = make("p", { class: "actions" });
    if (data.ids[row] !== null) {
      actions.append(copyButton("Copy id", () => [name]));
    }
    if (row < data.points) {
      const show = () => {
        this.dialog.close();
        this.showOnMap(row);
      };
      actions.append(make("button", { type: "button", onclick: show }, "Show on the map"));
    }
    const audited = entries.find((entry) => entry.neighbours.length)?.neighbours ?? [];
    const strips = entries.filter((entry) => entry.other !== undefined).map((entry) => entry.other);
    byId("details-body").replaceChildren(
      make("div", { class: "large" }, picture(data, row)),
      make("div", {}, list, actions),
      this.strip("Most like it", [...new Set(strips)]),
      audited.length ? this.strip("Nearest neighbours", audited) : this.near(row),
    );
    this.keepFocus();
  }

  // Keys are lost on what has gone, is hidden or is disabled.
  keepFocus() {
    const focused = document.activeElement;
    if (!this.dialog.contains(focused) || focused.hidden || focused.disabled) {
      byId("details-title").focus();
      this.dialog.scrollTop = 0;
    }
  }

  // Of a row that the audit says nothing of, or whose findings are not shown.
  near(row) {
    if (row >= this.data.points) {
      return "";
    }
    const part = Math.round(this.data.summary.explainedByAll * 100);
    const axes = this.data.components.length / this.data.points;
    return this.strip(
      `Nearest on the map, by ${axes} principal components (${part} % of the variance)`,
      nearestTo(this.data, row, NEIGHBOURS),
    );
  }

  strip(title, rows) {
    if (rows.length === 0) {
      return "";
    }
    const strip = make("ul", { class: "strip" });
    for (const row of rows) {
      const name = this.data.nameOf(row);
      const label = this.data.labelOf(row);
      const open = make(
        "button",
        { type: "button", class: "card", title: name, onclick: () => this.visit(row) },
        picture(this.data, row),
        make("span", { class: "name" }, shortName(name)),
        label === null ? null : make("span", { class: "label" }, label),
      );
      strip.append(make("li", {}, open));
    }
    return make("section", { class: "wide" }, make("h3", {}, title), strip);
  }
}
