/** A list of suggestions at a text area, after the ARIA combobox pattern: arrows choose, Tab or Enter take, Escape closes. */

const SHOWN_MAX = 8;

export function createCompletion(area, row) {
  const list = createList(area, row);
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
  function take(index) {
    putWord(area, words[index].word);
    close();
    taken();
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
      list.replaceChildren(...words.map((word, index) => createItem(word, `${list.id}-${index}`, () => take(index))));
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

function createList(area, row) {
  const list = document.createElement('ul');
  list.className = 'completion';
  list.id = `${area.id}-completion`;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Suggestions');
  list.hidden = true;
  row.append(list);
  area.setAttribute('aria-controls', list.id);
  return list;
}

function createItem({ word, says }, id, take) {
  const item = document.createElement('li');
  item.id = id;
  item.setAttribute('role', 'option');
  item.setAttribute('aria-selected', 'false');
  item.append(span('completion-word', word), span('completion-says', says));
  item.addEventListener('pointerdown', (event) => {
    // The text area keeps the focus.
    event.preventDefault();
    take();
  });
  return item;
}
function span(className, text) {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

/** Puts a suggestion in place of the word that is being typed. */
function putWord(area, word) {
  const before = area.value.slice(0, area.selectionStart).replace(/\S*$/, '');
  const after = area.value.slice(area.selectionStart).replace(/^\S*\s?/, '');
  area.value = `${before}${word} ${after}`;
  const place = before.length + word.length + 1;
  area.setSelectionRange(place, place);
  area.focus();
}
