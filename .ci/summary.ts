import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The part of vitest's JSON report that the closing line needs. */
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

const path = process.argv[2];
if (path === undefined) throw new Error('usage: node .ci/summary.ts <report of vitest --reporter=json>');
const { testResults: files } = Report.parse(JSON.parse(readFileSync(path, 'utf8')));

const tests = files.flatMap((file) => file.assertionResults);
const passed = tests.filter((test) => test.status === 'passed');
const failed = tests.filter((test) => test.status === 'failed');
const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
// A file that could not even be loaded has no tests in the report; it must not look like a good one.
const unloaded = files.filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'));
const failures = failed.length + unloaded.length;

for (const file of unloaded) console.log(`not loaded: ${file.name}: ${file.message}`);
for (const test of skipped) console.log(`skipped: ${test.fullName}`);
const mayNotSkip = process.env['CI'] === 'true' || process.env['REQUIRE_ALL'] === '1';
if (mayNotSkip && skipped.length > 0)
  console.log('A skipped test proves nothing, and here nothing may be skipped (CI=true or REQUIRE_ALL=1).');
if (failures > 0 || passed.length === 0 || (mayNotSkip && skipped.length > 0)) process.exitCode = 1;
console.log(`${passed.length} passed, ${failures} failed, ${skipped.length} skipped`);
