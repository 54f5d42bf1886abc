import { byId, copyButton, counted, make, number, picture, shortName, titleOf } from "./dom.js";

// Which findings are shown if not all are; of other kinds the worst.
const FIRST = {
  near_duplicate: "two of each group before more of it",
  leak: "two of each group before more of it",
  unreadable: "in the table’s order",
};

// The findings of one kind at a time.
export class Gallery {
  constructor(data, details) {
    this.data = data;
    this.details = details;
    this.tabs = byId("kinds");
    this.cards = byId("cards");
    const counts = data.summary.audited?.findings ?? {};
    const kinds = data.summary.kinds.filter((kind) => counts[kind] > 0);
    for (const kind of data.summary.kinds) {
      const tab = make(
        "button",
        {
          type: "button",
          role: "tab",
          id: `kind-${kind}`,
          "aria-controls": "cards",
          "aria-selected": "false",
          tabIndex: -1,
          disabled: !kinds.includes(kind),
          onclick: () => this.select(kind),
        },
        titleOf(kind),
        make("span", { class: "count", "data-kind": kind }, number(counts[kind])),
      );
      this.tabs.append(tab);
    }
    this.tabs.addEventListener("keydown", (event) => this.key(event, kinds));
    byId("filter").addEventListener("input", () => this.fill());
    if (kinds.length) {
      this.select(kinds[0]);
    } else {
      byId("gallery-note").textContent = data.summary.audited ? "Nothing was found." : "";
    }
  }

  key(event, kinds) {
    const at = kinds.indexOf(this.kind);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: kinds.length - 1 }[event.key];
    if (to !== undefined && kinds[to]) {
      event.preventDefault();
      this.select(kinds[to]);
      byId(`kind-${kinds[to]}`).focus();
    }
  }

  select(kind) {
    this.kind = kind;
    for (const tab of this.tabs.children) {
      const isSelected = tab.id === `kind-${kind}`;
      tab.setAttribute("aria-selected", String(isSelected));
      tab.tabIndex = isSelected ? 0 : -1;
    }
    this.cards.setAttribute("aria-labelledby", `kind-${kind}`);
    this.fill();
  }

  fill() {
    const { data, kind } = this;
    if (!kind) {
      return;
    }
    const wanted = byId("filter").value.trim().toLowerCase();
    const entries = data.entries.filter((entry) => data.summary.kinds[entry.kind] === kind);
    const shown = entries.filter((entry) => !wanted || this.textOf(entry).includes(wanted));
    const all = data.summary.audited.findings[kind];
    const first = FIRST[kind] ?? "the worst first";
    const of = entries.length < all ? `${number(entries.length)} of ${number(all)}, ${first}. ` : "";
    const found = wanted ? `${counted(shown.length, "card")} with “${wanted}”.` : `${counted(shown.length, "card")}.`;
    const note = byId("gallery-note");
    note.replaceChildren(of + this.byStatus() + found + " ", copyButton("Copy these ids", () => shown.map((entry) => data.ids[entry.row])));
    const rows = shown.map((entry) => entry.row);
    this.cards.replaceChildren(...this.inGroups(shown, rows));
  }

  // Why rows are unreadable: all of them, whatever is shown.
  byStatus() {
    const counts = Object.entries(this.data.summary.audited.unreadable_by_status ?? {});
    return this.kind === "unreadable" && counts.length
      ? `${counts.map(([status, count]) => `${status}: ${number(count)}`).join(", ")}. `
      : "";
  }

  // Cards of one group in one box: not all that the group has, if some are filtered out, are past the limit or are no leaks.
  // A leak whose group has no other card is a card like others.
  inGroups(entries, rows) {
    const groups = new Map();
    for (const entry of entries) {
      const group = entry.group ?? groups.size - 1e9; // a number that no group has
      groups.set(group, [...(groups.get(group) ?? []), entry]);
    }
    return [...groups].map(([group, members]) => {
      const cards = members.map((entry) => this.card(entry, rows));
      if (group < 0 || (cards.length === 1 && this.kind !== "near_duplicate")) {
        return cards[0];
      }
      const title = make("h3", {}, `Group ${group}: ${counted(cards.length, "row")} of it shown here`);
      return make("section", { class: "group" }, title, ...cards);
    });
  }

  textOf(entry) {
    return [this.data.nameOf(entry.row), this.data.labelOf(entry.row), entry.suggested, entry.detail]
      .join("\n")
      .toLowerCase();
  }

  card(entry, rows) {
    const { data } = this;
    const name = data.nameOf(entry.row);
    const label = data.labelOf(entry.row);
    const labels =
      label === null
        ? null
        : make("span", { class: "label" }, label, entry.suggested ? make("b", {}, ` → ${entry.suggested}`) : null);
    return make(
      "button",
      { type: "button", class: "card", title: name, onclick: () => this.details.open(entry.row, rows) },
      picture(data, entry.row),
      make("span", { class: "name" }, shortName(name)),
      labels,
      make("span", { class: "why" }, entry.detail),
    );
  }
}
