import { createRequire } from 'node:module';
import type Handlebars from 'handlebars';

/** Handlebars as its single file, without the maps of its sources: 3 MB less stay in memory than with its entry for Node. */
export const templateEngine = createRequire(import.meta.url)('handlebars/dist/handlebars.min.js') as typeof Handlebars;
