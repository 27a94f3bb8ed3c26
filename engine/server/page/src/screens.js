// Dialogues: consent, questionnaires, the end of a house.
import { byId, element } from "./dom.js";
import { percentText } from "./hud.js";

const paragraphs = (text) => (text ?? "").split(/\n\s*\n/).filter(Boolean).map((part) => element("p", {}, part));

function radio(name, value, ...label) {
  return element("label", {}, element("input", { type: "radio", name, value, required: true }), ...label);
}

const KINDS = {
  scale({ id, from, to, low, high }) {
    const steps = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    return element("div", { class: "scale" },
      element("span", { class: "quiet" }, low),
      element("div", {}, ...steps.map((step) => radio(id, step, element("span", {}, `${step}`)))),
      element("span", { class: "quiet" }, high));
  },
  choice({ id, choices }) {
    return element("div", { class: "choice" }, ...choices.map((choice) => radio(id, choice, choice)));
  },
  text({ id, text }) {
    return element("textarea", { name: id, rows: 3, "aria-label": text });
  },
};

const END_TITLES = { complete: "The house is complete", horizon: "The time is over", finished: "The house is finished" };

export class Screens {
  constructor(send) {
    this.send = send;
    this.dialog = byId("screen");
    // These have to be answered, not closed.
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
  }

  open(title, content, button, onSubmit) {
    const form = element("form", {
      onsubmit: (event) => {
        event.preventDefault();
        submit.disabled = true;
        onSubmit(new FormData(form));
      },
    }, ...content);
    const submit = element("button", { class: "main" }, button);
    form.append(element("div", { class: "actions" }, submit));
    this.dialog.replaceChildren(element("h2", { id: "screen-title", tabindex: "-1" }, title), form);
    document.exitPointerLock?.();
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    this.dialog.querySelector("h2").focus();
  }

  close() {
    this.dialog.close();
  }

  ask({ title, text, button, items = [] }) {
    const fields = items.map((item) =>
      element("fieldset", {}, element("legend", {}, item.text), KINDS[item.kind](item)),
    );
    this.open(title, [...paragraphs(text), ...fields], button, (data) => {
      if (items.length === 0) {
        this.send({ type: "next" });
        return;
      }
      const answers = {};
      for (const { id, kind } of items) answers[id] = kind === "scale" ? Number(data.get(id)) : data.get(id);
      this.send({ type: "answers", answers });
    });
  }

  // `assistant` is its label, or null for a person who was alone.
  end({ reason, figures, recording }, assistant) {
    const rows = [
      ["House", percentText(figures.goal_percent)],
      ["Built by you", percentText(figures.human_percent)],
      ...(assistant ? [[`Built by ${assistant}`, percentText(figures.assistant_percent)]] : []),
      ["Your actions", figures.human_actions],
      ...(assistant
        ? [[`Actions of ${assistant}`, `${figures.assistant_actions}, ${figures.assistant_wrong} of them wrong`]]
        : []),
      ["Time", `${Math.floor(figures.seconds / 60)} min ${Math.floor(figures.seconds % 60)} s`],
    ].map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, `${value}`)));
    const content = [
      element("table", { class: "figures" }, element("tbody", {}, ...rows)),
      ...(recording ? [element("p", { class: "quiet" }, "Recorded in ", element("code", {}, recording))] : []),
    ];
    this.open(END_TITLES[reason] ?? "The end", content, "Next house", () => this.send({ type: "next" }));
  }
}
