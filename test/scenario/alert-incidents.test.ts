import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { route } from '../../src/domain/alerts/routing.ts';
import type { AlertRoute, Catalog } from '../../src/domain/catalog.ts';
import type { Answer, InboundAlert } from '../../src/engine/ports.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';

const ROOM = /^inc-1/;
const [usual] = exampleCatalog.routes;
const catalog: Catalog = {
  ...exampleCatalog,
  severities: exampleCatalog.severities.map((severity) => ({ ...severity, updateEveryMs: null })),
  routes: [
    { ...(usual as AlertRoute), id: 'search', match: { service: 'search' }, severity: 'sev4', onResolve: 'resolve' },
    { ...(usual as AlertRoute), match: {} },
  ],
};

let bot: Harness;
beforeEach(async () => {
  bot = await harness({ catalog });
});
afterEach(() => bot.close());

/** An alert of `alertname` on one instance, as a source hands it over. */
function alert(instance: string, change: Partial<InboundAlert> = {}): InboundAlert {
  return {
    source: 'alertmanager',
    fingerprint: `f-${instance}`,
    status: 'firing',
    title: `HighLatency on ${instance}`,
    description: 'p99 is above 2 s',
    labels: { alertname: 'HighLatency', service: 'checkout', severity: 'critical', instance },
    url: 'https://prometheus.example.org/graph',
    startedAt: bot.clock.now() - 60_000,
    endedAt: null,
    ...change,
  };
}
const onSearch = { labels: { alertname: 'SlowIndex', service: 'search', severity: 'warning' } };

function arrives(given: InboundAlert, key?: string): Promise<Answer> {
  const routed = route(catalog, given);
  if ('ignored' in routed) throw new Error('a route takes everything');
  return bot.asks('source:alertmanager', { type: 'alert.receive', ...routed, alert: given }, key);
}
const declared = async (): Promise<number> => (await bot.eventTypes()).filter((type) => type === 'incident.declared').length;

describe('an alert', () => {
  it('opens a triage with what the source knows, and wakes whoever is on call', async () => {
    await arrives(alert('a'));
    bot.expectsPage('bo', /^\[SEV1\] inc-1 HighLatency on a$/, 'chat');
    expect(bot.card(1)).toMatch(
      /Status: +triage\s+Service: +Checkout · tier 0\s+Declared: +03:00 UTC by Allclear\s+Recover by: +03:14 UTC/,
    );
    const view = await bot.bot.readings.incident(1);
    expect(view?.incident.description).toMatch(/^p99 is above 2 s\nalertname=HighLatency, service=checkout[\s\S]*https:\/\/prometheus/);
    await bot.presses('bo', 'Acknowledge');
    bot.expectsMessage(ROOM, /Bo Berg acknowledged/);
    bot.expectsMessage(ROOM, /investigating \(was triage\), by Allclear/);
  });

  it('repeated a hundred times changes nothing, and neither does another of its group', async () => {
    for (let repeat = 0; repeat < 100; repeat += 1) await arrives(alert('a', { startedAt: 1_000 }));
    const before = (await bot.eventTypes()).length;
    await arrives(alert('a', { startedAt: 1_000 }), 'webhook-7');
    await arrives(alert('a', { startedAt: 1_000 }), 'webhook-7');
    expect(await bot.eventTypes()).toHaveLength(before);
    await arrives(alert('b'));
    expect(await declared()).toBe(1);
    expect((await bot.timeline(1)).at(-1)).toBe('alertmanager alert: HighLatency on b (2 firing)');
    bot.expectsPage('bo', /HighLatency on a/, 'chat');
  });

  it('of another group is another incident', async () => {
    await arrives(alert('a'));
    await arrives(alert('c', { ...onSearch, title: 'The index is slow' }));
    expect(await declared()).toBe(2);
    bot.expectsPage('bo', /inc-1 HighLatency/, 'chat');
    expect(bot.card(2)).toMatch(/The index is slow[\s\S]*Severity: +SEV4[\s\S]*Service: +Search/);
  });

  it('with a secret and a mention in it does no harm', async () => {
    await arrives(alert('a', { title: '<@ana> password=hunter2secret leaked', description: 'ghp_0123456789abcdefghijABCDEFGHIJ012345' }));
    bot.expectsPage('bo', /password=\[redacted/, 'chat');
    const view = await bot.bot.readings.incident(1);
    expect(JSON.stringify(view)).not.toMatch(/hunter2|ghp_|<@ana>/);
  });
});

describe('when its alerts are over', () => {
  it('an incident waits for a person where the route says so, and says it once', async () => {
    await arrives(alert('a'));
    await arrives(alert('b'));
    bot.forget();
    await arrives(alert('a', { status: 'resolved', endedAt: bot.clock.now() }));
    bot.expectsNothingElse();
    await arrives(alert('b', { status: 'resolved', endedAt: bot.clock.now() }));
    bot.expectsMessage(ROOM, /Every alert of this incident is resolved. If it is over, say so/);
    await bot.presses('bo', 'Resolve');
    bot.expectsMessage(ROOM, /inc-1 is resolved/);
  });

  it('an incident resolves by itself where the route says so, with one message', async () => {
    await arrives(alert('c', onSearch));
    await bot.fastForward('10m');
    await arrives(alert('c', { ...onSearch, status: 'resolved', endedAt: bot.clock.now() }));
    bot.expectsMessage(ROOM, /inc-1 is resolved\s+=+\s+> Every alert is resolved/);
    expect((await bot.bot.readings.incident(1))?.incident.status).toBe('resolved');
  });

  it('the next one that fires is a new incident', async () => {
    await arrives(alert('c', onSearch));
    await arrives(alert('c', { ...onSearch, status: 'resolved', endedAt: bot.clock.now() }));
    bot.forget();
    await bot.fastForward('5m');
    await arrives(alert('c', onSearch));
    expect(await declared()).toBe(2);
    expect(bot.card(2)).toMatch(/Status: +triage/);
  });
});

describe('an incident that people ended', () => {
  it('by merging lets its alerts go: what fires next is new, what fired before is not', async () => {
    await arrives(alert('a'));
    await bot.types('cy', 'sev4 Everything is slow');
    await bot.types('cy', 'merge inc-2', { incident: 1 });
    bot.forget();
    await arrives(alert('a', { startedAt: 1_000 }));
    expect(await declared()).toBe(2);
    await bot.fastForward('1m');
    await arrives(alert('b'));
    expect(await declared()).toBe(3);
    bot.expectsPage('bo', /inc-3 HighLatency on b/, 'chat');
  });

  it('by canceling stays ended while the same alert goes on, and comes back when it still fires half an hour later', async () => {
    await arrives(alert('a', { startedAt: 1_000 }));
    await bot.types('bo', 'cancel a known fault of the probe', { incident: 1 });
    bot.forget();
    await bot.fastForward('10m');
    await arrives(alert('a', { startedAt: 1_000 }));
    expect(await declared()).toBe(1);
    await bot.fastForward('25m');
    await arrives(alert('a', { startedAt: 1_000 }));
    expect(await declared()).toBe(2);
    bot.expectsPage('bo', /inc-2/, 'chat');
  });
});
