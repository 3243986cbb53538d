import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/command.ts';
import { createCommandSet, headingOf } from '../../src/engine/hear/commands.ts';
import { type ReadWords, readWords } from '../../src/engine/hear/words.ts';
import { MINUTE_MS } from '../../src/kit/duration.ts';
import { NOW } from '../support/given.ts';
import { loadCommands } from '../support/harness.ts';
import { catalogWithRunbooks as catalog } from '../support/shipped-runbooks.ts';

const commands = createCommandSet(await loadCommands());

function read(line: string): ReadWords & { readonly command: Command } {
  const heading = headingOf(line, commands);
  if (heading.kind !== 'command') throw new Error(`${line} is no command`);
  return { command: heading.command, ...readWords(heading.command.args, heading.rest, { catalog, person: 'cy', now: NOW }) };
}
/** What was given, without what was left out. */
function values(line: string): Record<string, unknown> {
  const { values: all, problem } = read(line);
  expect(problem, line).toBeNull();
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

describe('a command line', () => {
  it.each<[string, Record<string, unknown>]>([
    ['declare Checkout is down', { title: 'Checkout is down' }],
    ['declare sev1 Checkout is down', { severity: 'sev1', title: 'Checkout is down' }],
    ['declare Checkout is down p2', { severity: 'sev2', title: 'Checkout is down' }],
    ['declare S3 uploads fail', { severity: 'sev3', title: 'uploads fail' }],
    ['declare "Checkout is down"', { title: 'Checkout is down' }],
    ['declare “Checkout is down” SEV1', { severity: 'sev1', title: 'Checkout is down' }],
    ['declare "S3" uploads fail', { title: '"S3" uploads fail' }],
    ['declare Payments fail on checkout', { service: 'checkout', title: 'Payments fail' }],
    ['declare Cards fail on mobile on search', { service: 'search', title: 'Cards fail on mobile' }],
    ['declare Errors on mobile because of the deploy', { title: 'Errors on mobile', description: 'of the deploy' }],
    ['declare severity:sev2 service=search Nothing is found', { severity: 'sev2', service: 'search', title: 'Nothing is found' }],
    ['declare title:"Checkout is down" --severity=sev1', { severity: 'sev1', title: 'Checkout is down' }],
    ['declare title:Checkout is down severity:sev1', { severity: 'sev1', title: 'Checkout is down' }],
    ['declare http://shop.example is down', { title: 'http://shop.example is down' }],
    ['declare constructor:x is gone', { title: 'constructor:x is gone' }],
    ['declare 3 pods are gone', { title: '3 pods are gone' }],
  ])('%s', (line, expected) => {
    expect(values(line)).toEqual(expected);
  });

  it.each<[string, Record<string, unknown>]>([
    ['sev 1', { severity: 'sev1' }],
    ['sev inc-7 sev2', { severity: 'sev2', incident: 7 }],
    ['role ic', { role: 'ic' }],
    ['role @Bo.Berg ops', { role: 'ops', person: 'bo' }],
    ['role ic me', { role: 'ic', person: 'cy' }],
    ['role ic <@bo>', { role: 'ic', person: 'bo' }],
    ['handover accept ic inc-3', { accept: 'accept', role: 'ic', incident: 3 }],
    ['page @bo, we need @ana', { person: 'bo', reason: 'we need @ana' }],
    ['page payments the queue grows', { policy: 'payments', reason: 'the queue grows' }],
    ['note #3 is the bad replica', { text: '#3 is the bad replica' }],
    ['note inc-3 the replica is bad', { incident: 3, text: 'the replica is bad' }],
    ['note 02:41 deploy of checkout 214', { text: '02:41 deploy of checkout 214' }],
    ['note   two  spaces   stay', { text: 'two  spaces   stay' }],
    ['update Still looking next 20m', { text: 'Still looking', next: 20 * MINUTE_MS }],
    ['update The next deploy is at noon next 1h', { text: 'The next deploy is at noon', next: 60 * MINUTE_MS }],
    ['merge 7', { into: 7 }],
    ['merge inc-7 inc-3', { into: 7, incident: 3 }],
    ['ack 42-1', { page: '42-1' }],
    ['runbook abort it is over', { do: 'abort', reason: 'it is over' }],
    ['runbook dry-run recover-in-15', { do: 'dry-run', runbook: 'recover-in-15' }],
  ])('%s', (line, expected) => {
    expect(values(line)).toEqual(expected);
  });

  it.each<[string, Record<string, unknown>]>([
    [
      'switch read-only on for 30m because writes are lost',
      { switch: 'read-only', do: 'on', for: 30 * MINUTE_MS, reason: 'writes are lost' },
    ],
    // What stands after "because" is said, not asked: nobody meant five minutes here.
    ['switch on read-only because we wait for 5m of backups', { switch: 'read-only', do: 'on', reason: 'we wait for 5m of backups' }],
    [
      'switch read-only break-glass again read-only because nobody answers',
      { switch: 'read-only', do: 'break-glass', again: 'read-only', reason: 'nobody answers' },
    ],
    ['switch read-only confirm 2', { switch: 'read-only', do: 'confirm', level: 2 }],
    ['approve read-only r3', { switch: 'read-only', request: 'r3' }],
    [
      'override payments @bo from 18:00 until tomorrow 09:00',
      { schedule: 'payments', person: 'bo', from: utc('2026-03-02T17:00'), until: utc('2026-03-03T08:00') },
    ],
    [
      'override payments for 4h because cy is out until 22:00',
      { schedule: 'payments', for: 240 * MINUTE_MS, reason: 'cy is out until 22:00' },
    ],
    [
      'override payments @bo replacing @cy until 2026-03-04',
      { schedule: 'payments', person: 'bo', replacing: 'cy', until: utc('2026-03-03T23:00') },
    ],
    ['oncall payments at 2026-03-02 09:00', { schedule: 'payments', at: utc('2026-03-02T08:00') }],
    [
      'action detect fix it by hand @cy by 2026-12-01',
      { kind: 'detect', owner: 'cy', due: utc('2026-11-30T23:00'), text: 'fix it by hand' },
    ],
    ['action inc-1 done 3', { incident: 1, text: 'done 3' }],
  ])('%s', (line, expected) => {
    expect(values(line)).toEqual(expected);
  });
});

describe('words nobody understands', () => {
  it('are named', () => {
    expect(read('role boss').problem).toBe('"boss" is no role I know (which role)');
    expect(read('list endpoints').problem).toBe('I do not know what to do with "endpoints"');
    expect(read('report since monday').problem).toMatch(/"since" is no|do not know what to do with "since"/);
  });

  it('are missed', () => {
    expect(read('declare').missing).toEqual(['title']);
    expect(read('handover').missing).toEqual(['role', 'incident']);
    expect(read('decline read-only').missing).toEqual(['reason']);
  });
});

describe('the first word', () => {
  it.each([
    ['', 'help'],
    ['   ', 'help'],
    ['help', 'help'],
    ['?', 'help'],
    ['/inc help role', 'help'],
    ['/incident declare x', 'declare'],
    ['/INC Ack', 'ack'],
    ['new Checkout is down', 'declare'],
    ['"ack"', 'unknown'],
    ['Checkout is down', 'unknown'],
    ['incident is over', 'unknown'],
  ])('of "%s" asks for %s', (line, expected) => {
    const heading = headingOf(line, commands);
    expect(heading.kind === 'command' ? heading.command.name : heading.kind).toBe(expected);
  });

  it('finds the command that was meant', () => {
    const nearest = (line: string): string | null => {
      const heading = headingOf(line, commands);
      return heading.kind === 'unknown' ? heading.nearest : null;
    };
    expect(nearest('acknowlege')).toBe('acknowledge');
    expect(nearest('resovle it')).toBe('resolve');
    expect(nearest('timline')).toBe('timeline');
    expect(nearest('Checkout is down')).toBeNull();
    expect(nearest('"resovle" is what it says')).toBeNull();
  });
});

function utc(text: string): number {
  return Date.parse(`${text}:00Z`);
}
