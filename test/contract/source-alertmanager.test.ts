import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { InboundAlert } from '../../src/engine/ports.ts';
import { alertmanagerSource } from '../../src/sources/alertmanager.ts';
import { sources } from '../../src/sources/index.ts';
import { sourceContract } from './source-contract.ts';

const FOLDER = 'test/fixtures/alertmanager/';
/** Recorded from prometheus 2.42.0 and prometheus-alertmanager 0.25.0. */
const samples: Readonly<Record<string, unknown>> = Object.fromEntries(
  readdirSync(FOLDER).map((file) => [file, JSON.parse(readFileSync(FOLDER + file, 'utf8'))]),
);
const alertsOf = (payload: unknown): readonly InboundAlert[] => alertmanagerSource.alerts(alertmanagerSource.payload.parse(payload));

sourceContract(alertmanagerSource, samples);

describe('a payload of Alertmanager', () => {
  it('of a real rule becomes the alert it is about', () => {
    expect(alertsOf(samples['prometheus-firing.json'])).toEqual([
      {
        source: 'alertmanager',
        fingerprint: '5a12cdf662095868',
        status: 'firing',
        title: '127.0.0.1:38455 is down',
        description: 'Runbook: https://runbooks.example/checkout',
        labels: {
          alertname: 'TargetDown',
          cluster: 'test',
          instance: '127.0.0.1:38455',
          job: 'checkout',
          service: 'checkout',
          severity: 'page',
        },
        url: 'http://vm:35087/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
        startedAt: Date.parse('2026-11-22T05:49:34.860Z'),
        endedAt: null,
      },
    ]);
    const [resolved] = alertsOf(samples['prometheus-resolved.json']);
    expect(resolved).toMatchObject({
      fingerprint: '5a12cdf662095868',
      status: 'resolved',
      endedAt: Date.parse('2026-11-22T05:49:36.860Z'),
    });
  });

  it('may hold some that fire and some that are resolved; those that fire come first', () => {
    const alerts = alertsOf(samples['firing-partly-resolved.json']);
    expect(alerts.map(({ status, fingerprint }) => `${status} ${fingerprint}`)).toEqual([
      'firing bc3656033e437663',
      'firing 4cba52227ac6defb',
      'resolved 850d8236f65629fc',
    ]);
    expect(alerts.map(({ endedAt }) => endedAt === null)).toEqual([true, true, false]);
  });

  it('says what it left out', () => {
    const [alert] = alertsOf(samples['firing-truncated.json']);
    expect(alert?.description).toBe(
      'Zeile eins\nline two <b>&amp; "quotes"</b>\n3 more alerts of this group were left out of the message.',
    );
  });

  const alert = { status: 'firing', labels: { alertname: 'X' }, startsAt: '2026-03-02T04:00:00.123456789+01:00' };
  const payload = (...alerts: object[]): object => ({ version: '4', alerts });

  it('needs no more than status, labels and a time', () => {
    expect(alertsOf(payload(alert))).toMatchObject([
      { title: 'X', description: '', url: null, startedAt: Date.parse('2026-03-02T03:00:00.123Z') },
    ]);
    expect(alertsOf(payload({ ...alert, labels: {} }))[0]?.title).toBe('An alert without a name');
    expect(alertsOf(payload({ ...alert, labels: { alertname: 'X', instance: 'a' }, annotations: { summary: ' ' } }))[0]?.title).toBe(
      'X on a',
    );
  });

  it('takes the time before all times for none', () => {
    const zero = '0001-01-01T00:00:00Z';
    expect(alertsOf(payload({ ...alert, startsAt: zero, endsAt: zero, status: 'resolved' }))).toMatchObject([
      { startedAt: 0, endedAt: null },
    ]);
    expect(alertsOf(payload({ ...alert, endsAt: '2026-03-02T05:00:00Z' }))[0]?.endedAt).toBeNull();
  });

  it('names an alert by its labels when it has no fingerprint', () => {
    const labels = { b: '2', a: '1' };
    const [one, same, other] = alertsOf(
      payload({ ...alert, labels }, { ...alert, labels: { a: '1', b: '2' } }, { ...alert, labels: { a: '1', b: '3' } }),
    ).map(({ fingerprint }) => fingerprint);
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it('takes so many alerts at once, those that fire first, and counts the rest', () => {
    const many = Array.from({ length: 600 }, (_, index) => ({
      ...alert,
      status: index < 300 ? 'resolved' : 'firing',
      fingerprint: `f${index}`,
    }));
    const alerts = alertsOf(payload(...many));
    expect(alerts).toHaveLength(500);
    expect(alerts.filter(({ status }) => status === 'firing')).toHaveLength(300);
    expect(alerts[0]?.description).toBe('100 more alerts of this group were left out of the message.');
  });

  it.each([
    [{ ...payload(alert), version: '3' }, 'version'],
    [payload({ ...alert, startsAt: 'yesterday' }), 'alerts.0.startsAt'],
    [payload(alert, { ...alert, status: 'on fire' }), 'alerts.1.status'],
    [payload({ ...alert, labels: { a: 1 } }), 'alerts.0.labels.a'],
    [{ version: '4' }, 'alerts'],
    [[], ''],
    ['{}', ''],
  ])('that is wrong is refused with the place', (wrong, path) => {
    expect(alertmanagerSource.payload.safeParse(wrong).error?.issues[0]?.path.join('.')).toBe(path);
  });

  it('comes from a source of its own name', () => expect(sources.map(({ name }) => name)).toEqual(['alertmanager']));
});
