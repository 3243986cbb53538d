import type { Source } from '../engine/ports.ts';
import { alertmanagerSource } from './alertmanager.ts';

/** Every kind of inbound alert. Adding one is a file and a line here. */
export const sources: readonly Source[] = [alertmanagerSource];
