// The screen: the sentence to the child in large letters, what is said, and what can be chosen without a network.

const NUMBER = /(\d[\d -]*\d)/;

/** @param {string} id */
const part = (id) => document.getElementById(id);
const [child, spoken, first, choices] = ["child", "spoken", "first", "choices"].map(part);

/** @typedef {import("./conversation.js").Answer} Answer */

/** What is said, as one text. @param {Answer} answer */
export function said(answer) {
  return answer.spoken.map((sentence) => sentence.text).join(" ");
}

/** @param {Answer} answer @param {string} script that it is of @param {boolean} away */
export function render(answer, script, away) {
  first.hidden = true;
  if (answer.child) child.textContent = answer.child;
  // A sentence to the child holds for as long as its script does.
  const same = answer.danger === "none" && script && script === child.dataset.script && child.textContent;
  child.hidden = !answer.child && !same;
  child.dataset.script = script;
  // What announces that sentence is heard, and needs no line of its own beside it.
  const written = (index) => answer.spoken[index].kind !== "child"
    && !(answer.spoken[index].kind === "line" && answer.spoken[index + 1]?.kind === "child");
  spoken.replaceChildren(...answer.spoken.map(item).filter((_, index) => written(index)));
  choices.hidden = !away || answer.danger !== "none";
  // Whoever typed had scrolled down to the field.
  scrollTo(0, 0);
}

/** Mark the sentence that is spoken now. @param {number} index @param {string} kind */
export function showNow(index, kind) {
  for (const line of spoken.children) line.classList.toggle("now", line.dataset.index === String(index));
  const now = kind === "child" ? child : spoken.querySelector(".now");
  now?.scrollIntoView({ block: "nearest" });
}

/**
 * @param {{label: string, text: string}[]} some
 * @param {(label: string) => void} chosen
 */
export function showChoices(some, chosen) {
  choices.replaceChildren(...some.map(({ label, text }) => {
    const line = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => chosen(label));
    line.append(button);
    return line;
  }));
  choices.hidden = true;
}

/** A sentence as a line; a number to dial can be pressed. */
function item(sentence, index) {
  const line = document.createElement("li");
  line.dataset.index = String(index);
  line.className = sentence.kind;
  for (const piece of sentence.text.split(NUMBER)) {
    if (NUMBER.test(piece)) {
      const link = document.createElement("a");
      link.href = `tel:${piece.replace(/[ -]/g, "")}`;
      link.textContent = piece;
      line.append(link);
    } else line.append(piece);
  }
  return line;
}
