/**
 * Which way imports may run. Every rule says what to do instead.
 *
 *   kit ← domain, ledger ← readings ← engine ← adapters ← compose.ts ← main.ts, cli.ts
 *
 * Type imports count too: a type that has to cross the wrong way belongs one floor further down.
 */

const ADAPTERS = 'store|queue|chat|pagers|steps|targets|sources|forge|web';
const PURE = '^src/(domain|ledger|readings)/';
const OURS = '^(src|commands)/';

/** One npm package, one home: who changes the package changes one folder. */
function home(packageName, at, instead) {
  const escaped = packageName.replace(/[/@.]/g, '\\$&');
  return {
    name: `home-of-${packageName.replace(/[^a-z0-9]+/g, '-').replace(/^-/, '')}`,
    comment: instead,
    severity: 'error',
    from: { path: OURS, pathNot: at },
    to: { path: `(^|/)node_modules/${escaped}/|^${escaped}$` },
  };
}

/** Floors that must not look up. */
function floor(name, from, forbidden, instead) {
  return { name, comment: instead, severity: 'error', from: { path: from }, to: { path: forbidden } };
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one file, or share a third one below them: move the shared part down.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'The import leads nowhere: check the path and its .ts ending, or add the package to package.json.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages-only',
      comment: 'Only what package.json names under "dependencies" exists in production: add it there, or do without.',
      severity: 'error',
      from: { path: OURS },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-optional'] },
    },
    {
      name: 'no-tests-in-the-product',
      comment: 'The product must run without test/: move what both need into src.',
      severity: 'error',
      from: { path: OURS },
      to: { path: '^test/' },
    },
    floor(
      'kit-knows-nobody',
      '^src/kit/',
      '^(commands|src/(?!kit/))',
      'kit has no domain words and imports only kit: pass the thing in as an argument.',
    ),
    floor(
      'domain-and-ledger-know-only-kit',
      '^src/(domain|ledger)/',
      '^(commands|src/(?!kit/|domain/|ledger/))',
      'The domain decides and does nothing: return an event or an effect and let the engine or an adapter act on it.',
    ),
    floor(
      'ledger-knows-no-domain',
      '^src/ledger/',
      '^src/domain/',
      'The ledger stores any event: keep the meaning in the domain and hand over plain values.',
    ),
    floor(
      'readings-look-down-only',
      '^src/readings/',
      '^(commands|src/(?!kit/|domain/|ledger/|readings/))',
      'A reading is a pure function of events and catalog: let the caller fetch what it needs and pass it in.',
    ),
    floor(
      'engine-knows-ports-only',
      '^src/engine/',
      '^(commands|src/(?!kit/|domain/|ledger/|readings/|engine/|command\\.ts$))',
      'The engine speaks to the world through engine/ports.ts: add to a port (after thought), and let compose.ts pass the adapter in.',
    ),
    {
      name: 'adapters-know-ports-only',
      comment:
        'An adapter sees engine/ports.ts, engine/store-port.ts and the floors below, no other part of the engine: take what you need as a function argument from compose.ts.',
      severity: 'error',
      from: { path: `^src/(${ADAPTERS})/` },
      to: { path: '^src/engine/', pathNot: '^src/engine/(ports|store-port)\\.ts$' },
    },
    {
      name: 'adapters-never-each-other',
      comment: 'Adapters do not know each other: report an act or a value through the port; compose.ts joins them.',
      severity: 'error',
      from: { path: `^src/(${ADAPTERS})/` },
      to: { path: `^src/(${ADAPTERS})/`, pathNot: '^src/$1/' },
    },
    {
      name: 'adapters-look-down-only',
      comment: 'Only main.ts, cli.ts and compose.ts put things together: take configuration and commands as arguments.',
      severity: 'error',
      from: { path: `^src/(${ADAPTERS})/` },
      to: { path: '^(commands/|src/cli/|src/[^/]+\\.(ts|js)$)' },
    },
    floor(
      'the-authoring-kit-looks-down',
      '^src/command\\.ts$',
      '^(commands|src/(?!kit/|domain/|readings/))',
      'src/command.ts is what commands are written with: it knows domain types, readings and kit; the engine reads it, never the other way.',
    ),
    {
      name: 'only-compose-knows-the-adapters',
      comment: 'Which concrete thing stands behind a port is decided in compose.ts alone: ask it for the port.',
      severity: 'error',
      from: { path: '^(commands/|src/(config/|command\\.ts))' },
      to: { path: `^src/(${ADAPTERS})/(?!.*config)` },
    },
    {
      name: 'commands-translate-only',
      comment: 'A command turns words into one act or answers from a reading: import src/command.ts, domain types, readings and kit only.',
      severity: 'error',
      from: { path: '^commands/' },
      to: { path: '^(commands/|src/(?!command\\.ts$|domain/|readings/|kit/))' },
    },
    {
      name: 'pure-folders-use-few-packages',
      comment: 'domain, ledger and readings are pure: only zod, temporal-polyfill and yaml (parsers without I/O) may be used there.',
      severity: 'error',
      from: { path: PURE },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional'],
        pathNot: 'node_modules/(zod|temporal-polyfill|temporal-spec|yaml)/',
      },
    },
    {
      name: 'pure-folders-import-no-node',
      comment:
        'domain, ledger and readings touch nothing: what needs Node (hashing, paths) comes through a pure function in src/kit or as an argument.',
      severity: 'error',
      from: { path: PURE },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'pure-folders-reach-no-world',
      comment:
        'Somewhere down this path a file talks to the world (or reads clock or chance): a pure folder may reach node:crypto for hashing and nothing else of Node.',
      severity: 'error',
      from: { path: PURE },
      to: {
        reachable: true,
        path: '^(node:)?(fs|fs/promises|net|http|https|http2|tls|dns|dgram|child_process|worker_threads|timers|timers/promises|os|sqlite|process|cluster|readline)$|^src/kit/(clock|randomness)\\.ts$',
      },
    },
    {
      name: 'gateway-thread-stays-small',
      comment:
        'The thread that holds the gateway needs a socket and one HTTP call: all of discord.js costs it 20 MB and a third of a second more.',
      severity: 'error',
      from: { path: '^src/chat/discord/gateway-worker' },
      to: { reachable: true, path: 'node_modules/discord\\.js/' },
    },
    home('@slack/bolt', '^src/chat/slack/', 'Slack stands behind the port Platform: it is spoken in src/chat/slack alone.'),
    home('fastify', '^src/web/', 'HTTP lives in src/web: export a route module there.'),
    home('nodemailer', '^src/pagers/email', 'Mail leaves through the e-mail pager: use the port Pager.'),
    home('@octokit/rest', '^src/forge/github', 'GitHub is reached through the port Forge.'),
    home('kysely', '^src/(store|chat/console)/|^src/chat/notes', 'SQL lives in src/store: use the port Store.'),
    home('@slack/web-api', '^src/chat/slack/', 'Slack is spoken to by its platform alone: use the port Platform.'),
    home('discord.js', '^src/chat/discord/', 'Discord is spoken to by its platform alone: use the port Platform.'),
    home('@discordjs/ws', '^src/chat/discord/', 'Discord is spoken to by its platform alone: use the port Platform.'),
    home('@discordjs/rest', '^src/chat/discord/', 'Discord is spoken to by its platform alone: use the port Platform.'),
    home('discord-api-types', '^src/chat/discord/', 'Discord is spoken to by its platform alone: use the port Platform.'),
    home('pg', '^src/store/', 'PostgreSQL is spoken to by its store alone: use the port Store.'),
    home('bullmq', '^src/queue/', 'Redis only wakes the deliverer: use the port Queue.'),
    home('@bull-board/api', '^src/queue/board', 'The board of the queues is made in src/queue/board and served by the console.'),
    home('@bull-board/fastify', '^src/queue/board', 'The board of the queues is made in src/queue/board and served by the console.'),
    home('ioredis', '^src/(queue|targets)/', 'Redis connections belong to the queue and to the Redis switch target.'),
    home('handlebars', '^src/kit/template', 'Templates are rendered by src/kit/templates, with prototype access off and only from disk.'),
    home(
      'temporal-polyfill',
      '^src/(kit/moment|domain/oncall/|config/|readings/)',
      'Wall clock arithmetic lives in domain/oncall and kit/moment, formatting of times in readings: call those.',
    ),
    home('pino', '^src/(kit/log|main\\.ts)', 'Log through the logger of src/kit/log, which redacts.'),
    home('prom-client', '^src/web/metrics', 'Metrics are kept in src/web/metrics: take a counter as an argument.'),
    home(
      'yaml',
      '^src/(config|domain/runbooks)/',
      'YAML is read by the configuration and the runbook parser only, with alias and size limits.',
    ),
    {
      name: 'home-of-sqlite',
      comment: 'Only the SQLite store opens a database: use the port Store.',
      severity: 'error',
      from: { path: OURS, pathNot: '^src/store/' },
      to: { path: '^(node:)?sqlite$' },
    },
    {
      name: 'the-second-verifier-stands-alone',
      comment: 'The independent verifier proves the ledger with its own code: if it imported ours it would share our mistakes.',
      severity: 'error',
      from: { path: '^test/support/.*(independent|verif)' },
      to: { path: OURS },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(data|coverage|test/fixtures)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    builtInModules: { add: ['sqlite', 'node:sqlite'] },
  },
};
