import { z } from 'zod';
import { LABELS_MAX } from '../domain/alerts/limits.ts';
import { NAME_CHARS_MAX, TITLE_CHARS_MAX, URL_CHARS_MAX } from '../domain/limits.ts';
import type { InboundAlert, Source } from '../engine/ports.ts';
import { sha256Hex } from '../kit/hashing.ts';
import { shorten } from '../kit/shorten.ts';

/** One delivery makes at most so many alerts; what is left out is counted in their descriptions, as Alertmanager does itself. */
const ALERTS_MAX = 500;
/** More than fits a phone, less than fills a room. */
const DESCRIPTION_CHARS_MAX = 1_800;
const LABEL_CHARS_MAX = 1_024;
const FINGERPRINT_DIGITS = 16;

const Texts = z.record(z.string(), z.string());
const Time = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'a time such as 2026-03-02T03:00:00Z');

/**
 * Alertmanager's webhook, version 4 (prometheus.io/docs/alerting/latest/configuration/#webhook_config). Only what is needed is required,
 * newer versions add keys, and nothing is refused for its length: an answer of 4xx would lose the alert.
 */
const Payload = z.object({
  version: z.literal('4'),
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels: Texts,
      annotations: Texts.optional(),
      startsAt: Time,
      endsAt: Time.optional(),
      generatorURL: z.string().optional(),
      fingerprint: z.string().optional(),
    }),
  ),
  truncatedAlerts: z.int().nonnegative().optional(),
});
type Payload = z.infer<typeof Payload>;
type PayloadAlert = Payload['alerts'][number];

export const alertmanagerSource: Source = {
  name: 'alertmanager',
  payload: Payload,
  alerts: (payload) => alertsOf(payload as Payload),
};

/** Those that fire come first: when not all are taken, it is the good news that waits. */
function alertsOf({ alerts, truncatedAlerts = 0 }: Payload): readonly InboundAlert[] {
  const taken = alerts
    .toSorted((one, other) => Number(one.status === 'resolved') - Number(other.status === 'resolved'))
    .slice(0, ALERTS_MAX);
  const leftOut = truncatedAlerts + alerts.length - taken.length;
  return taken.map((alert) => inbound(alert, leftOut));
}

function inbound(alert: PayloadAlert, leftOut: number): InboundAlert {
  const { labels, annotations = {}, status } = alert;
  return {
    source: 'alertmanager',
    fingerprint: fingerprintOf(alert),
    status,
    title: titleOf(labels, annotations),
    description: descriptionOf(annotations, leftOut),
    labels: Object.fromEntries(
      Object.entries(labels)
        .slice(0, LABELS_MAX)
        .map(([name, value]) => [shorten(name, LABEL_CHARS_MAX), shorten(value, LABEL_CHARS_MAX)]),
    ),
    url: urlOf(alert.generatorURL ?? ''),
    startedAt: momentOf(alert.startsAt) ?? 0,
    endedAt: status === 'resolved' ? momentOf(alert.endsAt ?? '') : null,
  };
}

/** Go's zero time, 0001-01-01, stands for "not known"; whatever lies before 1970 is no better. */
function momentOf(text: string): number | null {
  const at = Date.parse(text);
  return at >= 0 ? at : null;
}

function titleOf(labels: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>>): string {
  const named = [labels['alertname'] ?? '', labels['instance'] ?? ''].filter((part) => part.trim() !== '').join(' on ');
  const said = [annotations['summary'], annotations['title'], named].find((text) => text !== undefined && text.trim() !== '');
  return shorten(said ?? 'An alert without a name', TITLE_CHARS_MAX).trim();
}

function descriptionOf(annotations: Readonly<Record<string, string>>, leftOut: number): string {
  const said = annotations['description'] ?? annotations['message'] ?? '';
  const runbook = annotations['runbook_url'];
  const parts = [
    shorten(said.trim(), DESCRIPTION_CHARS_MAX),
    runbook === undefined ? '' : `Runbook: ${shorten(runbook, URL_CHARS_MAX)}`,
    leftOut === 0 ? '' : `${leftOut} more ${leftOut === 1 ? 'alert' : 'alerts'} of this group were left out of the message.`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function urlOf(text: string): string | null {
  return text.length <= URL_CHARS_MAX && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null;
}

/** Alertmanager before 0.20 sent none: then the labels are the alert, as they are to Alertmanager. */
function fingerprintOf({ fingerprint = '', labels }: PayloadAlert): string {
  if (fingerprint.trim() !== '' && fingerprint.length <= NAME_CHARS_MAX) return fingerprint;
  const rows = Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sha256Hex(JSON.stringify([fingerprint, rows])).slice(0, FINGERPRINT_DIGITS);
}
