import { parseArgs } from 'node:util';
import { AREAS, runContainers } from './run.ts';

/**
 * `npm run containers -- [--only embedded,scaled-out,kubernetes] [--images DIR]`: prints a table, and ends with 1 when
 * something is not as the Dockerfile, compose.yaml or the manifests say. `--images` keeps images there for the next time.
 */
const { values } = parseArgs({ options: { only: { type: 'string', default: '' }, images: { type: 'string' } } });
const only = values.only.split(',').filter((name) => name !== '');
const unknown = only.filter((name) => !AREAS.some((area) => area === name));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; --only takes ${AREAS.join(', ')}`);
const isGood = await runContainers({ areas: only.length === 0 ? AREAS : only, images: values.images ?? null });
process.exitCode = isGood ? 0 : 1;
