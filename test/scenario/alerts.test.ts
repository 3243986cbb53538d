import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { route } from '../../src/domain/alerts/routing.ts';
import type { Catalog } from '../../src/domain/catalog.ts';
import type { IncidentState } from '../../src/domain/incidents/state.ts';
import type { Answer } from '../../src/engine/ports.ts';
import { alertmanagerSource } from '../../src/sources/alertmanager.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Harness, harness } from '../support/harness.ts';

/** A minute after the recorded deliveries. */
const RECORDED = Date.parse('2026-11-22T05:51:00Z');
const catalog: Catalog = {
  ...exampleCatalog,
  routes: [
    {
      id: 'everything',
      source: 'alertmanager',
      match: {},
      action: 'incident',
      service: null,
      severity: null,
      severityLabels: { page: 'sev1', critical: 'sev1', warning: 'sev3' },
      groupBy: ['alertname', 'service'],
      onResolve: 'resolve',
    },
  ],
};

let bot: Harness;
beforeEach(async () => {
  bot = await harness({ catalog, startAt: RECORDED });
});
afterEach(() => bot.close());

/** Delivers a recorded payload as the web does: each alert by itself, all at once. */
async function arrives(sample: string): Promise<readonly Answer[]> {
  const payload = alertmanagerSource.payload.parse(JSON.parse(readFileSync(`test/fixtures/alertmanager/${sample}.json`, 'utf8')));
  const answers = alertmanagerSource.alerts(payload).map((alert) => {
    const routed = route(catalog, alert);
    if ('ignored' in routed) throw new Error('the route takes everything');
    return bot.bot.submit({ act: { type: 'alert.receive', ...routed, alert }, actor: 'source:alertmanager' });
  });
  const settled = await Promise.all(answers);
  await bot.settle();
  return settled;
}
async function incident(number: number): Promise<IncidentState> {
  return (await bot.bot.door.states.load(`incident/${number}`)).state as IncidentState;
}
const declared = async (): Promise<number> => (await bot.eventTypes()).filter((type) => type === 'incident.declared').length;

describe('an alert from Alertmanager', () => {
  it('opens one incident, pages, and resolves it when it is over', async () => {
    await arrives('prometheus-firing');
    expect(await incident(1)).toMatchObject({
      title: '127.0.0.1:38455 is down',
      status: 'triage',
      severity: 'sev1',
      service: 'checkout',
      startedAt: Date.parse('2026-11-22T05:49:34.860Z'),
    });
    bot.expectsPage('ana', /127\.0\.0\.1:38455 is down/);
    await arrives('prometheus-firing');
    await arrives('prometheus-firing');
    expect(await declared()).toBe(1);
    await arrives('prometheus-resolved');
    expect((await incident(1)).status).toBe('resolved');
    bot.expectsMessage(/^inc-1-/, /inc-1 is resolved[\s\S]*Every alert is resolved/);
    expect(await bot.eventTypes()).toContain('alert.released');
    await arrives('prometheus-firing');
    expect(await declared()).toBe(1);
  });

  it('shares an incident with the others of its group, and ends it with the last of them', async () => {
    await arrives('firing-grouped');
    expect(await declared()).toBe(1);
    bot.expectsMessage(/^inc-1-/, /Nobody was paged/);
    await arrives('firing-partly-resolved');
    expect((await incident(1)).status).toBe('triage');
    await arrives('resolved');
    expect((await incident(1)).status).toBe('resolved');
    bot.expectsMessage(/^inc-1-/, /inc-1 is resolved/);
    expect(await declared()).toBe(1);
  });

  it('is in the timeline of its incident from the moment the incident is there', async () => {
    await arrives('firing-one');
    await arrives('firing-grouped');
    bot.expectsMessage(/^inc-1-/, /Nobody was paged/);
    const entries = await bot.bot.store.entries({ incident: 1, after: 0, limit: 100 });
    expect(entries.map(({ type }) => type).filter((type) => type.startsWith('alert.'))).toEqual([
      'alert.bound',
      'alert.fired',
      'alert.fired',
    ]);
  });
});
