import { describe, expect, it } from 'vitest';
import { initialIncident } from '../../src/domain/incidents/state.ts';
import type { Recorded } from '../../src/domain/kernel.ts';
import type { SwitchAct } from '../../src/domain/switches/acts.ts';
import { switchDomain } from '../../src/domain/switches/domain.ts';
import type { SwitchEvent } from '../../src/domain/switches/events.ts';
import type { SwitchState } from '../../src/domain/switches/state.ts';
import { createMessages } from '../../src/engine/messages.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/kit/duration.ts';
import { plainText } from '../../src/readings/plain-text.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { type Aftermath, given, NOW } from '../support/given.ts';

type Story = Aftermath<SwitchState, SwitchEvent, SwitchAct>;

const incident = { ...initialIncident('incident/7'), title: 'Checkout *down*', status: 'investigating', platforms: ['console'] } as const;
const states = new Map([['incident/7', incident]]);
const by = (id: string) => ({ actor: `person:${id}`, states }) as const;
const clock = { actor: 'clock', states } as const;

const request = {
  type: 'switch.request',
  switch: 'read-only',
  to: 1,
  reason: 'Rows are **lost**',
  incident: 7,
  ttlMs: null,
} as const satisfies SwitchAct;
const approve: SwitchAct = { type: 'switch.approve', switch: 'read-only', request: 'r1' };
const breakGlass: SwitchAct = { ...request, type: 'switch.break-glass', reason: 'Nobody answers, **data** is lost', confirm: 'read-only' };
const review = { type: 'switch.review', switch: 'read-only', flip: 1, verdict: 'confirm', note: null } as const satisfies SwitchAct;
const expiresAt = NOW + HOUR_MS;

const asked = (): Story => given(switchDomain, 'switch/read-only').when(request, by('cy'));
const on = (): Story => asked().when(approve, by('bo'));
const broken = (): Story => given(switchDomain, 'switch/read-only').when(breakGlass, by('ana'));

const messages = createMessages('templates/messages', () => exampleCatalog);
const reader = { personName: (id: string) => `@${id}`, timeZone: 'UTC', now: NOW, commandPrefix: '/inc' };

/** What the last event of a story says, by template. */
function said(story: Story): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const event of story.events as readonly Recorded<SwitchEvent>[]) {
    for (const effect of switchDomain.react(event, story.state)) {
      if (effect.kind !== 'room.say' && effect.kind !== 'direct.say') continue;
      const model = { type: event.type, event: event.data, at: event.at, actor: event.actor, incident };
      texts[effect.message] = plainText(messages.document(effect.message, model), reader);
    }
  }
  return texts;
}

describe('the words about a switch', () => {
  it('ask for an approval of exactly this request', () => {
    const { 'switch-requested': room, 'switch-approve': letter } = said(asked());
    for (const text of [room, letter]) {
      expect(text).toContain('Rows are **lost**');
      expect(text).toContain('/inc approve read-only r1');
      expect(text).toContain('/inc decline read-only r1');
      expect(text).toContain('03:10');
    }
    expect(room).toMatch(/Approve Read-only mode: off → on\?/);
    expect(room).toContain('@ana, @bo');
    expect(letter).toContain('Checkout *down*');
  });
  it('say who flipped it, who agreed, and when it ends', () => {
    const { 'switch-flipped': text = '' } = said(on());
    expect(text).toContain('Read-only mode: off → on');
    expect(text).toMatch(/Asked by.*@cy/);
    expect(text).toMatch(/Approved by.*@bo/);
    expect(text).toContain('04:00');
    expect(text).toContain('/inc switch read-only off');
    const off = said(on().when({ type: 'switch.revert', switch: 'read-only', reason: 'Repaired' }, by('cy')))['switch-flipped'];
    expect(off).toContain('on → off');
    expect(off).not.toContain('Off by itself');
  });
  it('are loud about broken glass and ask somebody else to review it', () => {
    const { 'switch-glass-broken': room, 'switch-review': letter } = said(broken());
    for (const text of [room, letter]) {
      expect(text).toContain('Nobody answers, **data** is lost');
      expect(text).toContain('/inc switch read-only confirm 1');
      expect(text).toContain('/inc switch read-only reject 1');
      expect(text).toContain('@ana');
    }
    expect(room).toContain('Glass broken: Read-only mode off → on');
  });
  it('tell how a review ended', () => {
    expect(said(broken().when(review, by('bo')))['switch-reviewed']).toMatch(/Confirmed: Read-only mode off → on/);
    const rejected = said(broken().when({ ...review, verdict: 'revert', note: 'Only the cache' }, by('bo')));
    expect(rejected['switch-reviewed']).toContain('Only the cache');
    expect(rejected['switch-undone']).toMatch(/@bo rejected the broken glass/);
    const missed = said(broken().when({ type: 'switch.review-due', switch: 'read-only', flip: 1 }, clock));
    expect(missed['switch-review-missed']).toContain('@ana flipped it alone');
    expect(missed['switch-undone']).toContain('Nobody reviewed the broken glass in time');
  });
  it('tell how a request ended that was not approved', () => {
    const decline: SwitchAct = { type: 'switch.decline', switch: 'read-only', request: 'r1', reason: 'The replica is fine' };
    expect(said(asked().when(decline, by('bo')))['switch-declined']).toMatch(
      /Declined: Read-only mode off → on by @bo\n[\s\S]*The replica is fine/,
    );
    const lapse: SwitchAct = { type: 'switch.lapse', switch: 'read-only', request: 'r1' };
    expect(said(asked().when(lapse, clock))['switch-lapsed']).toContain('(0 of 1)');
    expect(said(asked().when(breakGlass, by('ana')))['switch-voided']).toContain('Void: the request for Read-only mode off → on');
  });
  it('warn before it turns itself off, and say when it did or was extended', () => {
    const warned = said(on().when({ type: 'switch.warn', switch: 'read-only', version: 1, expiresAt }, clock))['switch-warned'];
    expect(warned).toContain('/inc switch read-only extend');
    expect(warned).toContain('04:00');
    const expired = said(on().when({ type: 'switch.expire', switch: 'read-only', version: 1, expiresAt }, clock))['switch-expired'];
    expect(expired).toContain('Read-only mode: on → off');
    const extend: SwitchAct = { type: 'switch.extend', switch: 'read-only', ttlMs: HOUR_MS, reason: 'The copy is not done' };
    const extended = said(on().when(extend, { ...by('ana'), now: NOW + MINUTE_MS }))['switch-extended'];
    expect(extended).toContain('The copy is not done');
    expect(extended).toContain('04:01');
  });
  it('mark a drill', () => {
    const drill = { states: new Map([['incident/7', { ...incident, kind: 'drill' as const }]]) };
    const drilled = given(switchDomain, 'switch/read-only').when(request, { ...by('cy'), ...drill });
    expect(said(drilled)['switch-requested']).toMatch(/^Drill: Approve[\s\S]*nothing will be flipped/);
    expect(said(drilled.when(approve, { ...by('bo'), ...drill }))['switch-rehearsed']).toContain('approved by @bo');
  });
});
