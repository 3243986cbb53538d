/**
 * Makes what is on the page equal to what came from the server, touching only what differs: focus, scroll positions, opened
 * details and half-typed words stay. List items are matched by `data-key`.
 */
export function morph(current, wanted) {
  copyAttributes(current, wanted);
  const olds = [...current.childNodes];
  const byKey = new Map(olds.filter(keyOf).map((node) => [keyOf(node), node]));
  const kept = new Set();
  let place = current.firstChild;
  for (const fresh of [...wanted.childNodes]) {
    const match = matchFor(fresh, byKey, olds, kept);
    if (match === null) {
      current.insertBefore(fresh, place);
      continue;
    }
    kept.add(match);
    if (match === place) place = place.nextSibling;
    else current.insertBefore(match, place);
    update(match, fresh);
  }
  for (const old of olds) if (!kept.has(old)) old.remove();
}

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.dataset.key : undefined;
}

/** The node of the page that stands for a fresh one: the one of its key, else the first left over of its kind. */
function matchFor(fresh, byKey, olds, kept) {
  const key = keyOf(fresh);
  if (key !== undefined) {
    const match = byKey.get(key);
    return match !== undefined && match.nodeName === fresh.nodeName ? match : null;
  }
  return olds.find((old) => !kept.has(old) && old.nodeName === fresh.nodeName && keyOf(old) === undefined) ?? null;
}

function update(current, fresh) {
  if (current.nodeType !== Node.ELEMENT_NODE) {
    if (current.nodeValue !== fresh.nodeValue) current.nodeValue = fresh.nodeValue;
    return;
  }
  if (!current.isEqualNode(fresh)) morph(current, fresh);
}

function copyAttributes(current, wanted) {
  for (const { name } of [...current.attributes]) {
    // Whether details are open is the reader's choice.
    if (!wanted.hasAttribute(name) && !(name === 'open' && current.nodeName === 'DETAILS')) current.removeAttribute(name);
  }
  for (const { name, value } of [...wanted.attributes]) {
    if (current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
}
