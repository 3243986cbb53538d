/** A list of suggestions under a text area, after the ARIA combobox pattern: arrows choose, Tab or Enter take, Escape closes. */

const SHOWN_MAX = 8;

export function createCompletion(area, row) {
  const list = document.createElement('ul');
  list.className = 'completion';
  list.id = `${area.id}-completion`;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Suggestions');
  list.hidden = true;
  row.append(list);
  area.setAttribute('aria-controls', list.id);

  let words = [];
  let chosen = -1;
  let taken = () => undefined;

  function close() {
    list.hidden = true;
    words = [];
    chosen = -1;
    area.removeAttribute('aria-activedescendant');
  }
  function choose(index) {
    chosen = (index + words.length) % words.length;
    for (const [at, item] of [...list.children].entries()) item.setAttribute('aria-selected', String(at === chosen));
    area.setAttribute('aria-activedescendant', list.children[chosen].id);
  }
  /** Puts a suggestion in place of the word that is being typed. */
  function take(index) {
    const { word } = words[index];
    const before = area.value.slice(0, area.selectionStart).replace(/\S*$/, '');
    const after = area.value.slice(area.selectionStart).replace(/^\S*\s?/, '');
    area.value = `${before}${word} ${after}`;
    const place = before.length + word.length + 1;
    area.setSelectionRange(place, place);
    close();
    area.focus();
    taken();
  }
  function item({ word, says }, index) {
    const element = document.createElement('li');
    element.id = `${list.id}-${index}`;
    element.setAttribute('role', 'option');
    element.setAttribute('aria-selected', 'false');
    const name = document.createElement('span');
    name.className = 'completion-word';
    name.textContent = word;
    const meaning = document.createElement('span');
    meaning.className = 'completion-says';
    meaning.textContent = says;
    element.append(name, meaning);
    // Before the text area loses the focus.
    element.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      take(index);
    });
    return element;
  }
  const keys = {
    ArrowDown: () => choose(chosen + 1),
    ArrowUp: () => choose(chosen < 0 ? words.length - 1 : chosen - 1),
    Escape: close,
    Tab: () => take(Math.max(0, chosen)),
    // Without a choice Enter sends the line as it is.
    Enter: () => (chosen < 0 ? false : take(chosen)),
  };
  return {
    close,
    onTake(then) {
      taken = then;
    },
    offer(found) {
      close();
      words = found.slice(0, SHOWN_MAX);
      if (words.length === 0) return;
      list.replaceChildren(...words.map(item));
      list.hidden = false;
    },
    /** True when the key was for the list. */
    key(event) {
      if (list.hidden || event.shiftKey) return false;
      const use = keys[event.key];
      return use === undefined ? false : use() !== false;
    },
  };
}
