import { sayDuration } from '../../kit/duration.ts';
import type { Catalog } from '../catalog.ts';
import { REASON_CHARS_MIN, TTL_MS_MIN } from '../switches/limits.ts';
import { type RunbookProblem, sortProblems } from './problem.ts';
import type { Runbook, RunbookStep } from './runbook.ts';
import { oneOf } from './sentence.ts';

/** The names a runbook may use. */
export type RunbookNames = Pick<Catalog, 'switches' | 'roles' | 'services' | 'severities'>;
interface Complaint {
  readonly line: number;
  readonly path: string;
  readonly sentence: string;
}

/**
 * Complains of runbooks that name a switch, role, service or severity the catalog does not know, ask more of a switch
 * than its definition allows, or have the same id as another one. Lines are those of the step's heading.
 */
export function checkRunbooks(runbooks: readonly Runbook[], names: RunbookNames): readonly RunbookProblem[] {
  const problems = runbooks.flatMap((runbook, index) => {
    const twin = runbooks.slice(0, index).find(({ id }) => id === runbook.id);
    const repeated =
      twin === undefined
        ? []
        : [{ line: 1, path: 'id', sentence: `${twin.file} has the id \`${runbook.id}\` already; give this runbook another one.` }];
    const complaints = [...repeated, ...matchComplaints(runbook, names), ...runbook.steps.flatMap((step) => stepComplaints(step, names))];
    return complaints.map((complaint) => ({ file: runbook.file, column: 1, ...complaint }));
  });
  return sortProblems(problems);
}

function matchComplaints({ match }: Runbook, names: RunbookNames): readonly Complaint[] {
  const severities = names.severities.map(({ id }) => id);
  return [
    ...match.severity.flatMap((severity) => unknownName('severity', severity, severities, 1, 'match.severity')),
    ...match.service.flatMap((service) => unknownName('service', service, Object.keys(names.services), 1, 'match.service')),
  ];
}

function stepComplaints(step: RunbookStep, names: RunbookNames): readonly Complaint[] {
  const { does, line, approve } = step;
  const path = `steps.${step.id}`;
  const roles = Object.keys(names.roles);
  return [
    ...(approve === null || approve.role === null ? [] : unknownName('role', approve.role, roles, line, `${path}.approve.role`)),
    ...(does.do === 'role' ? unknownName('role', does.role, roles, line, `${path}.role`) : []),
    ...(does.do === 'switch' ? switchComplaints(does, names, line, path) : []),
  ];
}

function switchComplaints(
  does: Extract<RunbookStep['does'], { do: 'switch' }>,
  names: RunbookNames,
  line: number,
  path: string,
): readonly Complaint[] {
  const definition = Object.hasOwn(names.switches, does.switch) ? names.switches[does.switch] : undefined;
  if (definition === undefined) return unknownName('switch', does.switch, Object.keys(names.switches), line, `${path}.switch`);
  const complaints: Complaint[] = [];
  if (does.to > definition.levels) {
    complaints.push({ line, path: `${path}.to`, sentence: `\`${does.switch}\` goes up to ${definition.levels}, not to ${does.to}.` });
  }
  if (does.ttlMs !== null && does.ttlMs > definition.expiresMs) {
    complaints.push({
      line,
      path: `${path}.for`,
      sentence: `\`${does.switch}\` may stay on for ${sayDuration(definition.expiresMs)} at most; write less, or remove \`for\`.`,
    });
  }
  if (does.ttlMs !== null && does.ttlMs < TTL_MS_MIN) {
    complaints.push({
      line,
      path: `${path}.for`,
      sentence: `A switch stays where it is put for at least ${sayDuration(TTL_MS_MIN)}; write more, or remove \`for\`.`,
    });
  }
  if (does.reason.length < REASON_CHARS_MIN) {
    complaints.push({
      line,
      path: `${path}.reason`,
      sentence: `The reason needs at least ${REASON_CHARS_MIN} characters, or the request is refused.`,
    });
  }
  return complaints;
}

function unknownName(kind: string, name: string, known: readonly string[], line: number, path: string): readonly Complaint[] {
  if (known.includes(name)) return [];
  return [{ line, path, sentence: `The catalog has no ${kind} \`${name}\`. It has ${known.length === 0 ? 'none' : oneOf(known)}.` }];
}
