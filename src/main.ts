import { join } from 'node:path';
import { SLACK_PATH } from './chat/slack/manifest.ts';
import { sayRunning } from './cli/running.ts';
import { type Composed, compose, HOME } from './compose.ts';
import type { Settings } from './config/environment.ts';
import type { LifelineNews } from './engine/lifeline.ts';
import { openBoard } from './engines.ts';
import { createAgreedClock } from './kit/agreed-clock.ts';
import type { Clock } from './kit/clock.ts';
import { createLog, type Log } from './kit/log.ts';
import { type Randomness, token } from './kit/randomness.ts';
import { loadTemplates } from './kit/templates.ts';
import { switchFlags } from './readings/switch-board.ts';
import { sources } from './sources/index.ts';
import { acknowledgeRoutes } from './web/acknowledge.ts';
import { apiRoutes } from './web/api.ts';
import { consoleRoutes } from './web/console/routes.ts';
import { healthRoutes, storeCheck, watchEventLoop } from './web/health.ts';
import { hookRoutes } from './web/hooks.ts';
import { createMetrics, type Metrics, metricsRoutes } from './web/metrics.ts';
import { ofrepRoutes } from './web/ofrep.ts';
import { createServer, type WebServer } from './web/server.ts';
import { slackRoutes } from './web/slack.ts';
import { createWatch } from './web/watch.ts';

/** SIGTERM leaves ten seconds for everything: three for answers under way (see the server), these for deliveries, one for the rest. */
const GRACE_MS = 6_000;
export const VERSION = '0.1.0';

export interface Machine {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
  /** Takes the log, a line at a time. */
  readonly write: (line: string) => void;
  /** Readable lines for a person at a terminal, instead of JSON. */
  readonly isTerminal: boolean;
}
export interface RunningBot {
  readonly url: string;
  readonly composed: Composed;
  readonly log: Log;
  /** Stops intake, drains and ends. */
  stop(): Promise<void>;
}
export type Started = { readonly ok: true; readonly running: RunningBot } | { readonly ok: false; readonly problems: readonly string[] };

/** The whole bot in this process: composed, listening, delivering. */
export async function startBot(settings: Settings, given: Machine): Promise<Started> {
  // Replicas go by the database's clock: which of them does something must not change when it is due.
  const machine = settings.databaseUrl === null ? given : { ...given, clock: createAgreedClock(given.clock) };
  const { clock, randomness, write } = machine;
  const log = createLog({ level: settings.logLevel, form: machine.isTerminal ? 'text' : 'json', write, clock });
  let url = '';
  let metrics: Metrics | null = null;
  const host = {
    ...machine,
    lifeline: (news: LifelineNews) => sayLifeline(log, news),
    watch: (store: Parameters<typeof createMetrics>[0]['store']) => {
      metrics = createMetrics({ store, clock, version: VERSION });
      return createWatch({ metrics, log, clock });
    },
  };
  const composition = await compose(settings, host, () => settings.publicUrl ?? url);
  if (!composition.ok) return composition;
  const { composed } = composition;
  const loop = watchEventLoop();
  const runToken = token(randomness);
  const board = await openBoard(settings, '/admin/queues', (fault) => log.debug({ err: fault }, 'the board of the queues'));
  const server = serve(settings, machine, composed, {
    log,
    metrics: metrics as unknown as Metrics,
    lagMs: loop.lagMs,
    runToken,
    url: () => url,
    board,
  });
  try {
    ({ url } = await server.listen(settings.host, settings.port));
  } catch (fault) {
    await Promise.all([board?.close(), composed.stop(0)]);
    return { ok: false, problems: [sayListenFault(fault, settings)] };
  }
  await composed.bot.start();
  composed.retention?.start();
  composed.checkpointer.start((problem) => log.error({ err: problem }, 'a checkpoint could not be signed'));
  const takeBack = sayRunning(settings.dataDirectory, { url, token: runToken, pid: process.pid });
  return {
    ok: true,
    running: {
      url,
      composed,
      log,
      async stop() {
        takeBack();
        await server.close();
        await Promise.all([board?.close(), composed.stop(GRACE_MS)]);
        loop.stop();
      },
    },
  };
}

/** Somebody should get up when the database goes away; that it is back is good news, with what was kept meanwhile. */
function sayLifeline(log: Log, news: LifelineNews): void {
  switch (news.kind) {
    case 'away':
      log.error('the database is away: incidents are declared and paged from the spool on this disk until it is back');
      break;
    case 'back':
      log.info('the database is back');
      break;
    case 'replayed':
      log.info({ spool: news.spool, entries: news.entries, incidents: news.incidents }, 'a spool is in the ledger now');
      break;
    case 'trouble':
      log.error({ err: news.fault, where: news.where }, 'trouble with the spool');
  }
}

interface Serving {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly lagMs: () => number;
  readonly runToken: string;
  readonly url: () => string;
  readonly board: Awaited<ReturnType<typeof openBoard>>;
}

/** Everything that is served, on one port. */
function serve(settings: Settings, machine: Machine, composed: Composed, serving: Serving): WebServer {
  const { clock, randomness } = machine;
  const { bot, catalog, links, chat, secret } = composed;
  const { readings, submit } = bot;
  const flags = async () => switchFlags(catalog(), await readings.switchStates());
  const baseUrl = (): string => settings.publicUrl ?? serving.url();
  return createServer({
    log: serving.log,
    clock,
    randomness,
    trustProxy: false,
    plugins: [
      healthRoutes({
        checks: { store: storeCheck(bot.store) },
        clock,
        lagMs: serving.lagMs,
        isDegraded: () => composed.lifeline?.isAway() ?? false,
      }),
      metricsRoutes(serving.metrics),
      hookRoutes({ sources, tokens: { alertmanager: settings.alertmanagerToken }, catalog, submit }),
      ...(composed.slack === null ? [] : [slackRoutes(SLACK_PATH, composed.slack.receive)]),
      acknowledgeRoutes({
        links,
        page: readings.page,
        incident: readings.incident,
        submit,
        catalog,
        clock,
        randomness,
        templates: loadTemplates(join(HOME, 'templates', 'pages')),
      }),
      apiRoutes({
        token: serving.runToken,
        hear: bot.hear,
        readings,
        entries: bot.store.entries,
        catalog,
        clock,
        randomness,
        commandPrefix: 'allclear say',
      }),
      ofrepRoutes({ flags, key: settings.ofrepKey, clock }),
      consoleRoutes({
        chat,
        readings,
        ledger: bot.store,
        onCommit: bot.onCommit,
        catalog,
        commands: bot.commands.all,
        clock,
        randomness,
        secret,
        signIn: 'open',
        baseUrl,
        queues: serving.board,
        templates: join(HOME, 'templates', 'console'),
      }),
    ],
  });
}

function sayListenFault(fault: unknown, { host, port }: Settings): string {
  const { code } = fault as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} on ${host} is taken. Stop what listens there, or set PORT (0 takes a free one).`;
  if (code === 'EACCES') return `This user may not listen on port ${port}. Set PORT to one above 1023.`;
  return `Cannot listen on ${host}:${port}: ${code ?? String(fault)}.`;
}
