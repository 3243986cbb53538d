import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { route } from '../../src/domain/alerts/routing.ts';
import type { AlertRoute, Catalog } from '../../src/domain/catalog.ts';
import { exampleCatalog } from '../support/catalog.ts';

const row: AlertRoute = {
  id: 'all',
  source: null,
  match: {},
  action: 'incident',
  service: null,
  severity: null,
  severityLabels: { critical: 'sev1', warning: 'sev3' },
  groupBy: ['alertname', 'service'],
  onResolve: 'note',
};
const catalog = (...routes: Partial<AlertRoute>[]): Catalog => ({
  ...exampleCatalog,
  routes: routes.map((override) => ({ ...row, ...override })),
});
const alert = (labels: Record<string, string>, source = 'alertmanager'): { source: string; labels: Record<string, string> } => ({
  source,
  labels,
});
const group = (routed: object): string => (routed as { group: string }).group;

describe('a route', () => {
  it('is the first that matches source and every label', () => {
    const routes = catalog(
      { id: 'elsewhere', source: 'grafana' },
      { id: 'pages', match: { page: 'true', team: 'shop' } },
      { id: 'rest', source: 'alertmanager' },
    );
    expect(route(routes, alert({ page: 'true', team: 'shop' }))).toMatchObject({ route: 'pages' });
    expect(route(routes, alert({ page: 'true' }))).toMatchObject({ route: 'rest' });
    expect(route(routes, alert({}, 'grafana'))).toMatchObject({ route: 'elsewhere' });
    expect(route(routes, alert({}, 'datadog'))).toEqual({ ignored: true, route: null });
  });

  it('may ignore what it matches, before a wider one opens incidents', () => {
    const routes = catalog({ id: 'noise', match: { severity: 'info' }, action: 'ignore' }, { id: 'rest' });
    expect(route(routes, alert({ severity: 'info' }))).toEqual({ ignored: true, route: 'noise' });
    expect(route(routes, alert({ severity: 'critical' }))).toMatchObject({ route: 'rest' });
  });

  it('treats a label that is missing as empty, and none as inherited', () => {
    expect(route(catalog({ match: { team: '' } }), alert({}))).toMatchObject({ route: 'all' });
    expect(route(catalog({ match: { constructor: '' } }), alert({}))).toMatchObject({ route: 'all' });
    expect(route(catalog({}), alert({ service: 'constructor', severity: 'toString' }))).toMatchObject({ service: null, severity: null });
  });

  it('names service and severity, or reads them from the labels', () => {
    expect(route(catalog({ service: 'search', severity: 'sev2' }), alert({ service: 'checkout', severity: 'critical' }))).toMatchObject({
      service: 'search',
      severity: 'sev2',
    });
    expect(route(catalog({}), alert({ service: 'checkout', severity: 'critical' }))).toMatchObject({
      service: 'checkout',
      severity: 'sev1',
    });
    expect(route(catalog({}), alert({ service: 'unheard-of', severity: 'sev4' }))).toMatchObject({ service: null, severity: 'sev4' });
    expect(route(catalog({}), alert({ severity: 'page' }))).toMatchObject({ service: null, severity: null });
  });

  it('says what silence does', () => {
    expect(route(catalog({ onResolve: 'resolve' }), alert({}))).toMatchObject({ onResolve: 'resolve' });
  });
});

describe('a group', () => {
  it('is shared by alerts with the same values of the route’s labels, and by no others', () => {
    const routes = catalog({});
    const of = (labels: Record<string, string>): string => group(route(routes, alert(labels)));
    const one = of({ alertname: 'HighLatency', service: 'cart', instance: 'a' });
    expect(of({ instance: 'b', service: 'cart', alertname: 'HighLatency' })).toBe(one);
    expect(of({ alertname: 'HighLatency', service: 'search' })).not.toBe(one);
    expect(of({ alertname: 'HighLatency' })).not.toBe(one);
    expect(of({ alertname: 'HighLatencyservicecart' })).not.toBe(one);
    expect(group(route(catalog({ id: 'other' }), alert({ alertname: 'HighLatency', service: 'cart' })))).not.toBe(one);
  });

  it('does not depend on the order in which its labels are configured', () => {
    const labels = { alertname: 'X', service: 'cart' };
    expect(group(route(catalog({ groupBy: ['service', 'alertname'] }), alert(labels)))).toBe(group(route(catalog({}), alert(labels))));
  });

  it('is a legal part of a stream’s name, whatever the labels', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), (labels) => {
        const routed = route(catalog({ groupBy: Object.keys(labels) }), alert(labels));
        expect(group(routed)).toMatch(/^[0-9a-f]{16}$/);
      }),
    );
  });
});
