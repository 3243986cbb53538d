import { describe, expect, it } from 'vitest';
import type { AlertAct, AlertActOf } from '../../src/domain/alerts/acts.ts';
import type { Alert } from '../../src/domain/alerts/alert.ts';
import { alertDomain } from '../../src/domain/alerts/domain.ts';
import type { AlertEvent } from '../../src/domain/alerts/events.ts';
import { ALERTS_PER_GROUP_MAX, DECLARE_WAIT_MS, STILL_FIRING_MS } from '../../src/domain/alerts/limits.ts';
import type { AlertGroupState } from '../../src/domain/alerts/state.ts';
import type { Effect } from '../../src/domain/kernel.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { given, NOW, type Situation } from '../support/given.ts';

const group = '0123456789abcdef';
const BEGAN = NOW - MINUTE_MS;
const receive = (alert: Partial<Alert> = {}, rest: Partial<AlertActOf<'alert.receive'>> = {}): AlertActOf<'alert.receive'> => ({
  type: 'alert.receive',
  group,
  route: 'paging-alerts',
  service: 'checkout',
  severity: 'sev1',
  onResolve: 'resolve',
  ...rest,
  alert: {
    source: 'alertmanager',
    fingerprint: 'a1',
    status: 'firing',
    title: 'Checkout is slow',
    description: 'p99 is over 2 s',
    labels: { alertname: 'HighLatency', service: 'checkout' },
    url: 'https://prometheus.example.org/graph',
    startedAt: BEGAN,
    endedAt: null,
    ...alert,
  },
});
const ended = (alert: Partial<Alert> = {}, rest: Partial<AlertActOf<'alert.receive'>> = {}): AlertActOf<'alert.receive'> =>
  receive({ status: 'resolved', endedAt: NOW + MINUTE_MS, ...alert }, rest);
const bind: AlertAct = { type: 'alert.bind', group, incident: 42, platforms: ['console', 'slack'] };
const release: AlertAct = { type: 'alert.release', group };

const nothing = (): Situation<AlertGroupState, AlertEvent, AlertAct> => given(alertDomain, `alerts/${group}`);
const asked = (effects: readonly Effect[]): string[] => effects.flatMap((effect) => (effect.kind === 'ask' ? [effect.act.type] : []));
const bound = nothing().when(receive()).when(bind);

describe('the first alert of a group', () => {
  it('asks for one triaged incident that tells what the alert told, and looks later whether it came', () => {
    const first = nothing().when(receive());
    expect(first.effects).toEqual([
      {
        kind: 'ask',
        act: {
          type: 'incident.declare',
          title: 'Checkout is slow',
          severity: 'sev1',
          service: 'checkout',
          kind: 'incident',
          triage: true,
          alertGroup: group,
          description: 'p99 is over 2 s\nalertname=HighLatency, service=checkout\nhttps://prometheus.example.org/graph',
          startedAt: BEGAN,
        },
      },
      { kind: 'ask', act: { type: 'alert.check', group, askedAt: NOW }, actor: 'clock', dueAt: NOW + DECLARE_WAIT_MS },
    ]);
    expect(first.events[0]?.data).toMatchObject({ incident: null, opens: true, firing: 1 });
  });

  it('never asks for a second one while the first is on its way', () => {
    const both = nothing()
      .when(receive())
      .when(receive({ fingerprint: 'b2' }));
    expect(both.events[0]?.data).toMatchObject({ opens: false, firing: 2 });
    expect(both.effects).toEqual([]);
  });

  it('opens an incident without service or severity when the catalog no longer knows them', () => {
    const first = nothing().when(receive({}, { service: 'gone', severity: 'sev9' }));
    expect(first.effects[0]).toMatchObject({ act: { service: null, severity: null } });
  });

  it('says nothing of a beginning its source did not know, and believes no future', () => {
    expect(nothing().when(receive({ startedAt: 0 })).effects[0]).toMatchObject({ act: { startedAt: null } });
    expect(nothing().when(receive({ startedAt: NOW + MINUTE_MS })).effects[0]).toMatchObject({ act: { startedAt: NOW } });
  });

  it('is cut to what an incident can hold', () => {
    const long = nothing().when(receive({ title: '🔥'.repeat(200), description: 'x'.repeat(8_000), labels: {}, url: null }));
    const named = nothing().when(receive({ labels: { ['n'.repeat(200)]: 'v'.repeat(9_000) } }));
    expect(named.events[0]?.data).toMatchObject({ labels: { [`${'n'.repeat(127)}…`]: `${'v'.repeat(1_023)}…` } });
    const [effect] = long.effects;
    const act = effect?.kind === 'ask' ? effect.act : {};
    expect(act).toMatchObject({ title: `${'🔥'.repeat(69)}…`, description: `${'x'.repeat(1_999)}…` });
    expect(nothing().when(receive({ description: ' ', labels: {}, url: null })).effects[0]).toMatchObject({ act: { description: null } });
  });

  it('is sought again when no incident came of it', () => {
    const check: AlertAct = { type: 'alert.check', group, askedAt: NOW };
    const late = { now: NOW + DECLARE_WAIT_MS };
    const freed = nothing()
      .when(receive())
      .when(check, late)
      .happens([{ type: 'alert.released', data: { incident: null, firing: 1, opens: false } }]);
    expect(asked(freed.when(receive({ fingerprint: 'b2' }), late).effects)).toContain('incident.declare');
    bound.when(check, late).nothingHappens();
    nothing().when(check, late).nothingHappens();
  });
});

describe('a repeat', () => {
  it('of a firing alert changes nothing, before and after the incident is there', () => {
    nothing().when(receive()).when(receive()).nothingHappens();
    bound.when(receive(), { now: NOW + 4 * 60 * MINUTE_MS }).nothingHappens();
  });

  it('of an end changes nothing', () => bound.when(ended()).when(ended()).nothingHappens());

  it('that comes after the end, though it was said before, changes nothing', () => {
    const silent = bound.when(ended());
    silent.when(receive()).nothingHappens();
    silent.when(receive({ startedAt: BEGAN - MINUTE_MS })).nothingHappens();
  });

  it('of the end of an earlier episode does not end the new one', () => {
    const again = bound.when(ended({ endedAt: NOW })).when(receive({ startedAt: NOW + MINUTE_MS }));
    expect(again.events[0]?.data).toMatchObject({ firing: 1, incident: 42 });
    again.when(ended({ endedAt: NOW })).nothingHappens();
  });

  it('of an end that was told before its beginning opens nothing', () => {
    const early = nothing().when(ended());
    expect(early.effects).toEqual([]);
    early.when(receive()).nothingHappens();
    expect(asked(early.when(receive({ startedAt: NOW })).effects)).toContain('incident.declare');
  });
});

describe('a group with an incident', () => {
  it('adds later alerts to it and keeps its card', () => {
    const more = bound.when(receive({ fingerprint: 'b2' }));
    expect(more.events[0]?.data).toMatchObject({ incident: 42, opens: false, firing: 2 });
    expect(more.effects).toEqual([
      { kind: 'room.keep', platform: 'console', incident: 42 },
      { kind: 'room.keep', platform: 'slack', incident: 42 },
    ]);
  });

  it('tells it when the last alert is resolved, not before', () => {
    const two = bound.when(receive({ fingerprint: 'b2' }));
    const one = two.when(ended());
    expect(one.events[0]?.data).toMatchObject({ last: false, firing: 1 });
    expect(asked(one.effects)).toEqual([]);
    const none = one.when(ended({ fingerprint: 'b2' }));
    expect(none.effects[0]).toEqual({ kind: 'ask', act: { type: 'incident.alerts-resolved', incident: 42, group, resolve: true } });
  });

  it('only notes it when the route says so', () => {
    const quiet = bound.when(ended({}, { onResolve: 'note' }));
    expect(quiet.effects[0]).toMatchObject({ act: { type: 'incident.alerts-resolved', resolve: false } });
  });

  it('ends now when the source does not say when', () => {
    expect(bound.when(ended({ endedAt: null })).events[0]?.data).toMatchObject({ endedAt: NOW });
  });

  it('tells it at once when all went silent before it came', () => {
    const late = nothing().when(receive()).when(ended()).when(bind);
    expect(late.effects[0]).toMatchObject({ act: { type: 'incident.alerts-resolved', incident: 42, resolve: true } });
  });

  it('is bound once to the same incident, and to another when told so', () => {
    bound.when(bind).nothingHappens();
    expect(bound.when({ ...bind, incident: 43 }).state.incident).toBe(43);
  });
});

describe('a group whose incident is over', () => {
  const freed = bound.when(ended()).when(release);
  it('opens a new incident for a new alert', () => {
    freed.when(release).nothingHappens();
    expect(asked(freed.when(receive({ startedAt: NOW + MINUTE_MS })).effects)).toContain('incident.declare');
    expect(asked(freed.when(receive({ fingerprint: 'b2' })).effects)).toContain('incident.declare');
  });

  it('opens a new one at once for what fired again while the incident was resolving by itself', () => {
    const again = bound.when(ended({ endedAt: NOW })).when(receive({ startedAt: NOW + MINUTE_MS }));
    expect(asked(again.effects)).toEqual([]);
    const over = again.when(release);
    expect(over.events[0]?.data).toEqual({ incident: 42, firing: 1, opens: true });
    expect(asked(over.effects)).toEqual(['incident.declare', 'alert.check']);
    over.when(receive({ startedAt: NOW + MINUTE_MS })).nothingHappens();
  });

  it('does the same when it came too late and was resolving from the beginning', () => {
    const again = nothing()
      .when(receive())
      .when(ended({ endedAt: NOW }))
      .when(bind)
      .when(receive({ startedAt: NOW + MINUTE_MS }));
    expect(asked(again.when(release).effects)).toContain('incident.declare');
  });

  it('opens a new one for what was heard after the end, though before the group knew of it', () => {
    const after = bound.when(receive({ fingerprint: 'b2' }), { now: NOW + 2 });
    expect(asked(after.when({ type: 'alert.release', group, endedAt: NOW + 1 }).effects)).toContain('incident.declare');
    expect(asked(after.when({ type: 'alert.release', group, endedAt: NOW + 2 }).effects)).toEqual([]);
  });

  it('lets a person end it while the alert fires, and asks again when it still does much later', () => {
    const byHand = bound.when(release);
    expect(byHand.events[0]?.data).toEqual({ incident: 42, firing: 1, opens: false });
    byHand.when(receive(), { now: NOW + STILL_FIRING_MS - 1 }).nothingHappens();
    const still = byHand.when(receive(), { now: NOW + STILL_FIRING_MS });
    expect(asked(still.effects)).toContain('incident.declare');
    expect(still.events[0]?.data).toMatchObject({ firing: 1, opens: true });
  });
});

describe('a group that never ends', () => {
  const storm = (count: number, make: (fingerprint: string) => AlertAct): Situation<AlertGroupState, AlertEvent, AlertAct> =>
    Array.from({ length: count }, (_, index) => `f${index}`).reduce(
      (story, name) => story.when(make(name)),
      bound as Situation<AlertGroupState, AlertEvent, AlertAct>,
    );

  it('counts so many alerts and refuses more, with its incident open', () => {
    const full = storm(ALERTS_PER_GROUP_MAX - 1, (fingerprint) => receive({ fingerprint }));
    full.when(receive({ fingerprint: 'one-more' })).refused('alert_group_full', { route: 'paging-alerts', max: '200' });
    full.when(ended({ fingerprint: 'unheard-of' })).nothingHappens();
    expect(full.when(ended()).when(receive({ fingerprint: 'one-more' })).state.alerts).toHaveLength(ALERTS_PER_GROUP_MAX);
  });

  it('forgets what was resolved longest ago', () => {
    const past = storm(ALERTS_PER_GROUP_MAX + 5, (fingerprint) => ended({ fingerprint }));
    expect(past.state.alerts).toHaveLength(ALERTS_PER_GROUP_MAX);
    expect(past.state.alerts.map(({ fingerprint }) => fingerprint)).toContain('a1');
    expect(past.state.alerts.map(({ fingerprint }) => fingerprint)).not.toContain('f0');
  });
});
