import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialIncident } from '../../src/domain/incidents/state.ts';
import type { EventShape, Recorded } from '../../src/domain/kernel.ts';
import { findStep } from '../../src/readings/find-step.ts';
import { headline } from '../../src/readings/headline.ts';
import { inferService } from '../../src/readings/infer-service.ts';
import { roomName, topicOf } from '../../src/readings/room.ts';
import { timeline } from '../../src/readings/timeline.ts';
import { busyIncident } from '../support/busy-incident.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { NOW } from '../support/given.ts';

const incident = { ...initialIncident('incident/42'), title: 'Checkout is down', severity: 'sev1', status: 'investigating' as const };

describe('a room', () => {
  it.each([
    ['Checkout is down', 'inc-42-checkout-is-down'],
    ['Zahlung für Müller schlägt fehl', 'inc-42-zahlung-fur-muller-schlagt-fehl'],
    ['الدفع معطل', 'inc-42'],
    ['-- !! --', 'inc-42'],
    ['a'.repeat(200), `inc-42-${'a'.repeat(73)}`],
  ])('for "%s" is called %s', (title, name) => {
    expect(roomName({ ...incident, title })).toBe(name);
  });

  it('has a name every platform takes, and no two of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 1e9 }), (title, number) => {
        const name = roomName({ ...incident, title, number });
        expect(name).toMatch(/^inc-\d+(?:-[a-z0-9]+)*$/);
        expect(name.length).toBeLessThanOrEqual(80);
        expect(Number(name.split('-')[1])).toBe(number);
      }),
    );
  });

  it('has a topic of one line that says who leads', () => {
    expect(topicOf(incident, exampleCatalog)).toBe('SEV1 · investigating · no IC · Checkout is down');
    const led = { ...incident, kind: 'drill' as const, severity: null, roles: { ic: { person: 'bo', since: NOW } } };
    expect(topicOf(led, exampleCatalog)).toBe('DRILL · severity unset · investigating · IC Bo Berg · Checkout is down');
    expect(topicOf({ ...incident, title: 'x'.repeat(400) }, exampleCatalog)).toHaveLength(250);
  });
});

describe('the service', () => {
  it('is the one the title names, as a word of its own', () => {
    expect(inferService('Checkout is down', exampleCatalog)).toBe('checkout');
    expect(inferService('Cards fail (CHECKOUT!)', exampleCatalog)).toBe('checkout');
    expect(inferService('Research is down', exampleCatalog)).toBeNull();
    expect(inferService('Search and checkout are down', exampleCatalog)).toBeNull();
    expect(inferService('', exampleCatalog)).toBeNull();
  });
});

describe('a title', () => {
  it('that is too long leaves all its words in the description', () => {
    expect(headline('Down', 'since noon')).toEqual({ title: 'Down', description: 'since noon' });
    const long = 'word '.repeat(60).trim();
    expect(headline(long, 'since noon')).toEqual({ title: expect.stringMatching(/^.{139}…$/), description: `${long}\nsince noon` });
  });
});

describe('the timeline', () => {
  const event = (position: number, minute: number, { type, data }: EventShape): Recorded => ({
    type,
    data,
    position,
    stream: 'incident/42',
    version: position,
    at: NOW + minute,
    actor: 'person:bo',
  });
  const pin = (message: string, saidAt: number): EventShape => ({
    type: 'incident.pinned',
    data: { platform: 'console', message, text: `words ${message}`, author: 'Bo', saidAt, url: null },
  });
  const note: EventShape = { type: 'incident.noted', data: { text: 'a note' } };

  it('is in the order in which things happened, not in which they were told', () => {
    const lines = timeline([event(1, 5, note), event(2, 6, pin('a', NOW)), event(3, 5, note)]);
    expect(lines.map(({ position }) => position)).toEqual([2, 1, 3]);
    expect(lines[0]).toMatchObject({ at: NOW, recordedAt: NOW + 6, text: '📌 Bo: words a' });
  });

  it('shows a pinned message as it was edited last, and says when it is gone where it was', () => {
    const edit = (text: string): EventShape => ({ type: 'incident.pin-edited', data: { platform: 'console', message: 'a', text } });
    const gone: EventShape = { type: 'incident.pin-deleted', data: { platform: 'console', message: 'a' } };
    const texts = (...more: readonly EventShape[]) =>
      timeline([event(1, 1, pin('a', 1)), ...more.map((one, index) => event(index + 2, index + 2, one))]).map(({ text }) => text);
    expect(texts(edit('first'), edit('second'))).toEqual([expect.stringMatching(/: second \(edited\)$/)]);
    expect(texts(edit('first'), gone)).toEqual([expect.stringMatching(/: first \(deleted there\)$/)]);
    expect(texts(gone)).toEqual([expect.stringMatching(/ \(deleted there\)$/)]);
  });

  it('leaves out a withdrawn pin, and shows one that was pinned again', () => {
    const unpin: EventShape = { type: 'incident.unpinned', data: { platform: 'console', message: 'a' } };
    const twice = [event(1, 1, pin('a', NOW)), event(2, 2, unpin), event(3, 3, pin('a', NOW)), event(4, 4, pin('b', NOW))];
    expect(timeline(twice).map(({ position }) => position)).toEqual([3, 4]);
    expect(timeline([event(1, 1, unpin)]).map(({ text }) => text)).toEqual(['A pinned message was withdrawn from the timeline']);
  });

  it('names an event of a newer version by its type', () => {
    expect(timeline([event(1, 1, { type: 'incident.teleported', data: {} })])[0]?.text).toBe('incident.teleported');
  });
});

describe('the words about a step', () => {
  const { run } = busyIncident().view;

  it('mean the option of the step that waits, by its id or its label', () => {
    expect(findStep(run, 'choose', 'real')).toMatchObject({ step: 'confirm-it', rest: 'real' });
    expect(findStep(run, 'choose', 'It is REAL')).toMatchObject({ step: 'confirm-it', rest: 'real' });
    expect(findStep(run, 'choose', 'confirm-it too-big')).toMatchObject({ step: 'confirm-it', rest: 'too-big' });
    expect(findStep(run, 'choose', 'ask-what-changed Roll back')).toMatchObject({ step: 'ask-what-changed', rest: 'roll-back' });
    expect(findStep(run, 'choose', 'pray')).toMatchObject({ step: 'confirm-it', rest: 'pray' });
  });

  it('mean the checkpoint that is open', () => {
    expect(findStep(run, 'decide', 'Read-only')).toMatchObject({ step: '5m', rest: 'read-only' });
    expect(findStep(run, 'decide', '10m go-on')).toMatchObject({ step: '10m', rest: 'go-on' });
  });

  it('mean the step that waits when they name none', () => {
    expect(findStep(run, 'done', 'saw it myself')).toMatchObject({ step: 'confirm-it', rest: 'saw it myself' });
    expect(findStep(run, 'skip', 'verify no time')).toMatchObject({ step: 'verify', rest: 'no time', options: [] });
    expect(findStep(null, 'done', '')).toBeNull();
  });
});
