import { stringify } from 'yaml';
import type { Runbook, RunbookStep, StepDoes, StepOption } from '../../src/domain/runbooks/runbook.ts';

/** Writes a runbook as the Markdown that parses to it again, apart from its line numbers. */
export function printRunbook(runbook: Runbook): string {
  const { id, title, clockMs, match, checkpoints, steps } = runbook;
  const written = checkpoints.map(({ afterMs, question, options }) => ({
    at: seconds(afterMs),
    ask: question,
    options: options.map(option),
  }));
  const front = { id, title, clock: seconds(clockMs), match, checkpoints: written };
  return ['---', `${stringify(front)}---`, '', ...steps.map(printStep)].join('\n');
}

function printStep({ id, title, prose, budgetMs, retries, when, approve, does }: RunbookStep): string {
  const { do: kind, ...rest } = does;
  const block = {
    do: kind,
    id,
    ...(budgetMs === null ? {} : { budget: seconds(budgetMs) }),
    ...(does.do === 'http' && does.method === 'GET' ? { retries } : {}),
    ...(when === null ? {} : { when }),
    ...(approve === null ? {} : { approve: { count: approve.count, ...(approve.role === null ? {} : { role: approve.role }) } }),
    ...settings({ do: kind, ...rest } as StepDoes),
  };
  return ['', `## ${title}`, '', prose, '', '```step', `${stringify(block)}\`\`\``, ''].join('\n');
}

function settings(does: StepDoes): object {
  switch (does.do) {
    case 'choose':
      return { options: does.options.map(option) };
    case 'wait-for':
      return { url: does.url, status: does.status, every: seconds(does.everyMs), timeout: seconds(does.timeoutMs) };
    case 'http': {
      const { method, url, headers, body, expectStatus, timeoutMs } = does;
      return { method, url, headers, ...(body === null ? {} : { body }), expect: expectStatus, timeout: seconds(timeoutMs) };
    }
    case 'switch':
      return { switch: does.switch, to: does.to, reason: does.reason, ...(does.ttlMs === null ? {} : { for: seconds(does.ttlMs) }) };
    case 'role':
      return { role: does.role };
    case 'update':
      return { text: does.text };
    default:
      return {};
  }
}

function option({ id, label, go }: StepOption): object {
  return { id, label, ...(go === null ? {} : { go }) };
}

function seconds(ms: number): string {
  return `${ms / 1_000}s`;
}
