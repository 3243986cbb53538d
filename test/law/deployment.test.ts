import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readSettings, SECRET_VARIABLES } from '../../src/config/environment.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { healthRoutes } from '../../src/web/health.ts';
import { ROOT } from './repository.ts';

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: object;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly startupProbe: Probe;
}
interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string };
}
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const manifests = parseAllDocuments(text('docs/kubernetes/allclear.yaml')).map((document) => document.toJS() as Record<string, never>);
const compose = parse(text('compose.yaml')) as { readonly services: Readonly<Record<string, Record<string, never>>> };

function manifest(kind: string): Readonly<Record<string, never>> {
  const found = manifests.filter((one) => one['kind'] === kind);
  expect(found).toHaveLength(1);
  return found[0] as Record<string, never>;
}
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

describe('the Kubernetes manifests', () => {
  const workload = manifest('StatefulSet');
  const container = at(workload, 'spec.template.spec.containers.0') as Container;

  it('run two replicas, apart, and lose one at a time', () => {
    expect(at(workload, 'spec.replicas')).toBe(2);
    expect(at(workload, 'spec.template.spec.affinity.podAntiAffinity')).toBeDefined();
    expect(at(manifest('PodDisruptionBudget'), 'spec.minAvailable')).toBe(1);
    const labels = at(workload, 'spec.template.metadata.labels');
    for (const path of ['spec.selector', 'spec.selector.matchLabels']) {
      const selector = at(path === 'spec.selector' ? manifest('Service') : manifest('PodDisruptionBudget'), path);
      expect(selector).toEqual(labels);
    }
  });

  it('ask what Allclear answers', async () => {
    const routes: string[] = [];
    const app = { get: (path: string) => void routes.push(path) };
    const clock = { ...systemClock, now: () => 0 };
    await healthRoutes({ checks: {}, clock, lagMs: () => 0 })(app as never, {});
    const probes = [container.readinessProbe, container.livenessProbe, container.startupProbe].map(({ httpGet }) => httpGet);
    expect(probes.map(({ path }) => path)).toEqual(['/readyz', '/healthz', '/healthz']);
    expect(routes).toEqual(expect.arrayContaining(['/readyz', '/healthz']));
    expect(new Set(probes.map(({ port }) => port))).toEqual(new Set(container.ports.map(({ name }) => name)));
    // SIGTERM leaves ten seconds for everything.
    expect(at(workload, 'spec.template.spec.terminationGracePeriodSeconds')).toBeGreaterThan(10);
  });

  it('set variables that exist, and secrets only as files', () => {
    const files = new Map([
      ['/secrets/ALLCLEAR_SECRET', 'a-secret-of-32-characters-or-more'],
      ['/secrets/DATABASE_URL', 'postgres://allclear@db/allclear'],
      ['/secrets/REDIS_URL', 'redis://redis'],
    ]);
    const variables = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
    expect(Object.keys(variables).filter((name) => (SECRET_VARIABLES as readonly string[]).includes(name))).toEqual([]);
    const read = readSettings(variables, (path) => files.get(path) ?? '');
    expect(read).toMatchObject({
      ok: true,
      settings: { port: 3000, databaseUrl: files.get('/secrets/DATABASE_URL'), redisUrl: 'redis://redis' },
    });
    const documented = text('README.md');
    expect(Object.keys(variables).filter((name) => !documented.includes(name.replace(/_FILE$/, '')))).toEqual([]);
  });

  it('say how to make what they mount, with the runbooks beside the configuration', () => {
    const volumes = at(workload, 'spec.template.spec.volumes') as readonly Volume[];
    const made = new Set(
      [...text('docs/kubernetes/allclear.yaml').matchAll(/^# +kubectl create (configmap|secret generic) (\S+) /gm)].map((line) =>
        line.slice(1).join(' '),
      ),
    );
    const wanted = volumes.flatMap(({ configMap, secret }) => [
      ...(configMap === undefined ? [] : [`configmap ${configMap.name}`]),
      ...(secret === undefined ? [] : [`secret generic ${secret.secretName}`]),
    ]);
    expect(made).toEqual(new Set(wanted));
    // Keys of a ConfigMap are files without folders: the runbooks come from one of their own, or are not found.
    const file = container.env.find(({ name }) => name === 'ALLCLEAR_CONFIG')?.value ?? '';
    const runbooks = container.volumeMounts.find(({ mountPath }) => mountPath === join(dirname(file), 'runbooks'));
    const { name } = volumes.find((volume) => volume.name === runbooks?.name)?.configMap ?? { name: 'none' };
    expect(text('docs/kubernetes/allclear.yaml')).toContain(`kubectl create configmap ${name} --from-file=runbooks/\n`);
  });

  it('give each replica a disk, and nothing else it may write or become', () => {
    expect(container.volumeMounts.map(({ mountPath }) => mountPath)).toContain('/data');
    expect(at(workload, 'spec.volumeClaimTemplates.0.metadata.name')).toBe('data');
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(at(workload, 'spec.template.spec.securityContext.runAsNonRoot')).toBe(true);
  });
});

describe('compose.yaml', () => {
  it('keeps every write of Redis and evicts nothing, and waits for what it needs', () => {
    const { allclear, postgres, redis } = compose.services;
    expect((redis?.['command'] as readonly string[] | undefined)?.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
    expect([postgres, redis].map((service) => service?.['healthcheck'])).toEqual([expect.any(Object), expect.any(Object)]);
    expect(Object.keys(allclear?.['depends_on'] ?? {})).toEqual(['postgres', 'redis']);
    expect(text('compose.yaml')).toContain('--profile scaled-out up --scale allclear=2');
  });
});

describe('the image', () => {
  it('has the command that compose.yaml and the console tell people to give', () => {
    expect(text('Dockerfile')).toContain('ln -s /app/src/bin.js /usr/local/bin/allclear');
    expect(text('src/bin.js')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(statSync(join(ROOT, 'src/bin.js')).mode & 0o111).toBe(0o111);
    expect(text('compose.yaml')).toContain('docker compose exec allclear allclear sign-in ana');
  });
});
