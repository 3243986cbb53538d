import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT, sourcesBelow } from './repository.ts';

const DEPCRUISE = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
const FOLDERS = ['src', 'commands'];
/** The map of a few hundred files is half a megabyte; execFile's default would cut it off. */
const MAP_BYTES_MAX = 64 * 1024 * 1024;

const ImportMap = z.object({
  modules: z.array(z.object({ source: z.string(), dependencies: z.array(z.object({ resolved: z.string() })) })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
    ruleSetUsed: z.object({ forbidden: z.array(z.object({ name: z.string(), comment: z.string().optional() })) }),
  }),
});
type ImportMap = z.infer<typeof ImportMap>;

/** What the import check of `.ci/check` sees. It exits with the number of violations; the map is printed all the same. */
function importMap(): Promise<ImportMap> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [DEPCRUISE, '--output-type', 'json', ...FOLDERS],
      { cwd: ROOT, maxBuffer: MAP_BYTES_MAX },
      (_error, stdout, stderr) => {
        if (stdout === '') reject(new Error(`dependency-cruiser said nothing: ${stderr}`));
        else resolve(ImportMap.parse(JSON.parse(stdout)));
      },
    );
  });
}

describe('the import map', () => {
  let map: ImportMap;
  beforeAll(async () => {
    map = await importMap();
  });

  // With an unsupported compiler dependency-cruiser finds nothing, says "no violations" and exits 0.
  it('sees every source file on disk', () => {
    const seen = map.modules.map((module) => module.source).filter((source) => FOLDERS.some((folder) => source.startsWith(`${folder}/`)));
    expect(seen.toSorted()).toEqual(FOLDERS.flatMap((folder) => sourcesBelow(folder)).toSorted());
  });

  it('sees imports of types too', () => {
    const ports = map.modules.find((module) => module.source === 'src/engine/ports.ts');
    expect(ports?.dependencies.map((dependency) => dependency.resolved)).toContain('src/domain/kernel.ts');
  });

  it('finds no import that runs the wrong way', () => {
    const advice = new Map(map.summary.ruleSetUsed.forbidden.map((rule) => [rule.name, rule.comment]));
    const wrong = map.summary.violations.map(({ from, to, rule }) => `${from} → ${to} (${rule.name}): ${advice.get(rule.name)}`);
    expect(wrong).toEqual([]);
  });

  it('is judged by rules that each say what to do instead', () => {
    const silent = map.summary.ruleSetUsed.forbidden.filter((rule) => (rule.comment ?? '').length < 20).map((rule) => rule.name);
    expect(silent).toEqual([]);
  });
});
