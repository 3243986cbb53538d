import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { must, run } from './program.ts';
import { expect } from './report.ts';

export interface Probe {
  readonly httpGet: { readonly path: '/healthz' | '/readyz'; readonly port: string };
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}
interface Container {
  readonly name: string;
  readonly ports: readonly { readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly startupProbe: Probe;
}
export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string; readonly defaultMode?: number };
  readonly emptyDir?: object;
}
interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: { readonly fsGroup: number };
  readonly containers: readonly [Container];
  readonly volumes: readonly Volume[];
  readonly affinity?: unknown;
}
interface StatefulSet {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly metadata: object; readonly spec: PodSpec };
    readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[];
  };
}
export interface Manifests {
  readonly documents: readonly { readonly kind: string; readonly apiVersion: string }[];
  readonly workload: StatefulSet;
}

export async function readManifests(project: string): Promise<Manifests> {
  const text = await readFile(join(project, 'docs/kubernetes/allclear.yaml'), 'utf8');
  // Kubernetes reads YAML 1.1, in which 0440 is octal.
  const documents = parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as Manifests['documents'][number]);
  const workload = documents.find(({ kind }) => kind === 'StatefulSet');
  expect(workload !== undefined, 'the manifests have no StatefulSet');
  return { documents, workload: workload as unknown as StatefulSet };
}

/** What becomes otherwise on the way to Podman, for people to read. */
export const ADAPTED = [
  'the StatefulSet becomes a Pod for each replica',
  'PodDisruptionBudget, Service and anti-affinity are left out: there is one machine, and nobody to move pods',
  'probes are asked from here, as a kubelet asks them: Podman runs curl in the container for them, which the image has not',
  'ports are left out: Podman would take them from this machine, a cluster gives each pod an address of its own',
  'volumes are folders of this machine, with the files, links, owners and modes that a kubelet gives them',
] as const;

/** The Pod a cluster would make of the StatefulSet for one replica; `folders` hold its volumes, by their name. */
export function replicaOf({ workload }: Manifests, ordinal: number, folders: Readonly<Record<string, string>>): string {
  const { metadata, spec } = workload;
  const { affinity: _affinity, ...pod } = spec.template.spec;
  const { readinessProbe: _ready, livenessProbe: _live, startupProbe: _start, ports: _ports, ...container } = pod.containers[0];
  const volumes = Object.entries(folders).map(([name, path]) => ({ name, hostPath: { path, type: 'Directory' } }));
  return stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...spec.template.metadata, name: `${metadata.name}-${ordinal}` },
    spec: { ...pod, containers: [container], volumes },
  });
}

/** The text of all files of a folder. */
export async function filesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(folder);
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)));
}

/** Kubernetes' published schema as a package, pinned; not one of the project, which nothing else needs it for. */
const SCHEMA = 'kubernetes-models@5.1.0';
const INSTALL_MS_MAX = 120_000;
/** The folder of each kind below that package. */
const HOMES: Readonly<Record<string, string>> = { 'apps/v1': 'apps/v1', 'policy/v1': 'policy/v1', v1: 'v1' };

/** Holds every object against Kubernetes' schema, and every key of it against those the schema knows. */
export async function checkSchema({ documents }: Manifests, home: string, project: string): Promise<string> {
  const folder = join(home, 'schema');
  await mkdir(folder, { recursive: true });
  const words = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, SCHEMA];
  const installed = await run('npm', words, { timeoutMs: INSTALL_MS_MAX, directory: folder });
  if (installed.code !== 0) return `NOT CHECKED: npm does not get ${SCHEMA}`;
  const lines = documents.flatMap((document, at) => {
    const { kind, apiVersion } = document;
    const from = `'kubernetes-models/${HOMES[apiVersion] ?? apiVersion}'`;
    const typed = `const object${at}: I${kind}${at} = ${JSON.stringify(document)};\nnew ${kind}${at}(object${at}).validate();`;
    return [`import { ${kind} as ${kind}${at}, type I${kind} as I${kind}${at} } from ${from};`, typed];
  });
  const program = join(folder, 'manifests.mts');
  await writeFile(program, lines.join('\n'));
  // An object written into a constant of its type may have no key that the type has not: a misspelt one is found.
  const types = ['--noEmit', '--skipLibCheck', '--strict', '--module', 'nodenext', '--target', 'es2024'];
  await must(process.execPath, [join(project, 'node_modules/typescript/bin/tsc'), ...types, program], { directory: folder });
  await must(process.execPath, [program], { directory: folder });
  return `${documents.map(({ kind }) => kind).join(', ')} by ${SCHEMA}`;
}
