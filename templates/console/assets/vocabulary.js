/** What may stand where the caret is, from the words the server knows. */

let loading = null;

function vocabulary() {
  loading ??= fetch('/vocabulary', { headers: { accept: 'application/json' } })
    .then((response) => (response.ok ? response.json() : { commands: [], kinds: {} }))
    .catch(() => ({ commands: [], kinds: {} }));
  return loading;
}

const NOTHING = { words: [], hint: '' };
const PREFIX = /^\/(?:incident\s+|inc\s+)?/i;

/** Suggestions for the line up to the caret. In a room a command begins with a slash. */
export async function suggestions(line, isRoom) {
  const slash = PREFIX.exec(line)?.[0] ?? '';
  if (isRoom && slash === '') return personSuggestions(line);
  const { commands, kinds } = await vocabulary();
  const words = line.slice(slash.length).split(/\s+/);
  const typed = words.at(-1).toLowerCase();
  if (words.length === 1) return { words: firstWords(commands, typed, slash), hint: '' };
  const command = commands.find(({ word }) => word === words[0].toLowerCase());
  if (command === undefined) return personSuggestions(line);
  const known = [...command.takes.flatMap((kind) => kinds[kind] ?? []), ...command.words];
  const fitting = known.filter(({ word }) => typed !== '' && word.startsWith(typed) && word !== typed);
  const open = typed === '' && words.length === 2 ? known.filter(({ word }) => word !== '@me').slice(0, 8) : fitting;
  return { words: open, hint: `${command.says} For example: ${command.example}` };
}

function firstWords(commands, typed, slash) {
  if (typed === '' && slash === '') return [];
  const fitting = commands.filter(({ word }) => word.startsWith(typed) && word !== typed);
  // Another name of a command only where its own does not fit.
  const once = fitting.filter(({ word, name }) => word === name || (name !== typed && !name.startsWith(typed)));
  return once.map(({ word, says }) => ({ word: `${slash.trim() === '/' ? '/' : ''}${word}`, says }));
}

/** `@an` in the middle of a sentence. */
async function personSuggestions(line) {
  const typed = /(?:^|\s)(@[\w.-]*)$/.exec(line)?.[1]?.toLowerCase();
  if (typed === undefined) return NOTHING;
  const { kinds } = await vocabulary();
  const people = (kinds.person ?? []).filter(({ word }) => word !== '@me' && word.startsWith(typed) && word !== typed);
  return { words: people, hint: '' };
}
