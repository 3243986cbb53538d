/** Names further apart than this share of their letters are not what was meant. */
const DISTANCE_SHARE_MAX = 0.4;
/** A longer word is no misspelt name; keeps the table below small. */
const WORD_CHARS_MAX = 80;

/** The known name that was most likely meant by `word`, or null when none is near. */
export function nearestName(word: string, names: Iterable<string>): string | null {
  if (word.length > WORD_CHARS_MAX) return null;
  const wanted = word.toLowerCase();
  let nearest: string | null = null;
  let nearestDistance = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distanceMax = Math.max(1, Math.floor(Math.max(wanted.length, name.length) * DISTANCE_SHARE_MAX));
    if (name.length > WORD_CHARS_MAX || Math.abs(name.length - wanted.length) > distanceMax) continue;
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance < nearestDistance && distance <= distanceMax) {
      nearest = name;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/** " Did you mean `x`?", or nothing when no known name is near. Begins with a space: it follows a sentence. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const nearest = nearestName(word, names);
  return nearest === null ? '' : ` Did you mean \`${nearest}\`?`;
}

/** Optimal string alignment: insertions, deletions, changes and swaps of neighbours cost one each. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const changed = from[row - 1] === to[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          cell(last, column) + 1,
          cell(current, column - 1) + 1,
          cell(last, column - 1) + changed,
          swapped ? cell(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return cell(last, to.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
