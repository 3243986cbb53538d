// A process of its own that takes the lock on a data directory, says what came of it, and holds on until its standard input
// ends: then it exits as a program that forgot to release anything would. With --expose-gc it first sweeps what nobody refers to.
import { lockDataDirectory } from '../../src/store/data-lock.ts';

const taken = lockDataDirectory(process.argv[2] ?? '').held;
const { gc } = globalThis;
if (gc !== undefined) setTimeout(() => gc(), 1).unref();
// Told after the sweep.
setTimeout(() => process.stdout.write(taken ? 'held\n' : 'refused\n'), 10);
process.stdin.resume();
process.stdin.once('end', () => process.exit(0));
