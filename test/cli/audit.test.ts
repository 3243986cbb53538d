import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyOf, liveThroughANight, tamper } from './night.ts';
import { allclear, folder } from './program.ts';

const VERIFIER = join(import.meta.dirname, '../support/independent-verifier.mjs');
let place: Awaited<ReturnType<typeof folder>>;
let ledger: string;
let entries: number;
beforeAll(async () => {
  place = await folder();
  ledger = join(place.path, 'ledger');
  await liveThroughANight(ledger);
  const database = new DatabaseSync(join(ledger, 'ledger.db'), { readOnly: true });
  entries = (database.prepare('select count(*) as count from entries').get() as { count: number }).count;
  database.close();
});
afterAll(() => place.remove());

const audit = (data: string, ...words: readonly string[]) => allclear(['audit', ...words], { ALLCLEAR_DATA: data });

describe('allclear audit verify', () => {
  it('finds an untouched ledger sound, against the checkpoints signed while it grew', async () => {
    const { code, stdout, stderr } = await audit(ledger, 'verify');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^The ledger is sound: ${entries} entries, 1 checkpoints, head [0-9a-f]{64} `));
  });

  it.each([
    ['edited', `update payloads set data = replace(data, '503', '200') where data like '%503%'`, /^entry (\d+): edited: /m],
    ['edited', `update entries set actor = 'person:ana' where position = 3`, /^entry 3: edited: /m],
    ['removed', 'delete from entries where position = 4; delete from payloads where position = 4', /^entry 4: removed: /m],
    [
      'reordered',
      'update entries set position = -1 where position = 5; update entries set position = 5 where position = 6; update entries set position = 6 where position = -1',
      /^entry 5: (reordered|edited): /m,
    ],
    ['erased', 'update payloads set salt = null, data = null where position = 2', /^entry 2: erased: /m],
  ])('names the entry that was %s', async (kind, statement, where) => {
    const copy = await copyOf(ledger, join(place.path, `${kind}-${statement.length}`));
    tamper(copy, statement);
    const { code, stdout } = await audit(copy, 'verify');
    expect(code).toBe(1);
    expect(stdout).toMatch(where);
    expect(stdout).toMatch(/^THE LEDGER WAS TAMPERED WITH: /m);
  });

  it('misses the end that was cut off, because a checkpoint vouches for it', async () => {
    const copy = await copyOf(ledger, join(place.path, 'truncated'));
    tamper(copy, `delete from entries where position > ${entries - 2}`, `delete from payloads where position > ${entries - 2}`);
    const { code, stdout } = await audit(copy, 'verify');
    expect(code).toBe(1);
    expect(stdout).toContain(`entry ${entries - 1}: truncated: The ledger ends at entry ${entries - 2}`);
  });

  it('trusts no checkpoint that was changed, and says which', async () => {
    const copy = await copyOf(ledger, join(place.path, 'forged'));
    const notes = join(copy, 'checkpoints/notes.txt');
    writeFileSync(notes, readFileSync(notes, 'utf8').replace(`\n${entries}\n`, `\n${entries - 2}\n`));
    const { code, stderr } = await audit(copy, 'verify');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^Checkpoint 1 in .*notes\.txt is forged\. /)]);
  });

  it('says so where there is nothing to verify', async () => {
    const absent = await audit(join(place.path, 'absent'), 'verify');
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringMatching(/^There is no ledger at .*absent\/ledger\.db\. /)]);
    writeFileSync(join(place.path, 'ledger.db'), 'no database'.repeat(1_000));
    const nonsense = await audit(place.path, 'verify');
    expect([nonsense.code, nonsense.stderr]).toEqual([1, expect.stringContaining('cannot be read as a ledger: file is not a database')]);
    const unknown = await audit(ledger, 'verfiy');
    expect([unknown.code, unknown.stderr]).toEqual([2, 'There is no "audit verfiy". Use verify, export, checkpoint, key, effects.\n']);
  });
});

describe('allclear audit export', () => {
  it('is verified by a second program that shares no code, with the newest checkpoint and the public key', async () => {
    const file = join(place.path, 'export.jsonl');
    expect(await audit(ledger, 'export', '--file', file)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const note = await audit(ledger, 'checkpoint');
    const key = await audit(ledger, 'key');
    expect([note.code, key.code]).toEqual([0, 0]);
    const checkpoint = join(place.path, 'checkpoint.txt');
    writeFileSync(checkpoint, note.stdout);
    const judged = spawnSync(process.execPath, [VERIFIER, file, '--checkpoint', checkpoint, '--key', key.stdout.trim()], {
      encoding: 'utf8',
    });
    expect([judged.status, judged.stdout]).toEqual([0, expect.stringContaining(`sound: ${entries} entries`)]);
    expect((await audit(ledger, 'export')).stdout).toBe(readFileSync(file, 'utf8'));
  });

  it('is verified without the database, and an edited line is found by both programs', async () => {
    const file = join(place.path, 'export-to-edit.jsonl');
    await audit(ledger, 'export', '--file', file);
    expect(await audit(ledger, 'verify', '--file', file)).toMatchObject({ code: 0, stdout: expect.stringContaining(`${entries} entries`) });
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(
      file,
      [lines[0], lines[1], lines[2]?.replace('"version":1', '"version":7').replace('"version":3', '"version":7'), ...lines.slice(3)].join(
        '\n',
      ),
    );
    const { code, stdout } = await audit(ledger, 'verify', '--file', file);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^entry 3: edited: /m)]);
    expect(spawnSync(process.execPath, [VERIFIER, file]).status).toBe(1);
    writeFileSync(file, [lines[0], 'no line of ours'].join('\n'));
    const nonsense = await audit(ledger, 'verify', '--file', file);
    expect([nonsense.code, nonsense.stderr]).toEqual([1, expect.stringContaining(`${file}:2: `)]);
  });

  it('says why a file cannot be written or read', async () => {
    const nowhere = join(place.path, 'no/such/folder/export.jsonl');
    for (const words of [
      ['export', '--file', nowhere],
      ['verify', '--file', nowhere],
    ]) {
      expect(await audit(ledger, ...words)).toEqual({ code: 1, stdout: '', stderr: `${nowhere} cannot be used: ENOENT.\n` });
    }
  });
});

describe('allclear audit effects, and rebuild', () => {
  it('finds what the outbox lost and a snapshot that is not the fold of its events; rebuild folds it anew', async () => {
    expect(await audit(ledger, 'effects')).toMatchObject({ code: 0, stdout: expect.stringContaining('"isClean": true') });
    const copy = await copyOf(ledger, join(place.path, 'drifted'));
    tamper(copy, `update streams set state = json_set(state, '$.title', 'Everything is fine') where stream = 'incident/1'`);
    const found = await audit(copy, 'effects');
    expect(found.code).toBe(1);
    expect(JSON.parse(found.stdout)).toMatchObject({ counts: { snapshot: 1 }, findings: [{ kind: 'snapshot', about: 'incident/1' }] });
    const rebuilt = await allclear(['rebuild'], { ALLCLEAR_DATA: copy });
    expect(rebuilt).toEqual({ code: 0, stdout: '2 streams folded anew: the snapshots of 1 were wrong (incident/1).\n', stderr: '' });
    expect(await audit(copy, 'effects')).toMatchObject({ code: 0 });
    const again = await allclear(['rebuild'], { ALLCLEAR_DATA: copy });
    expect(again.stdout).toBe('2 streams folded anew: every snapshot was right.\n');
    expect(await audit(copy, 'verify')).toMatchObject({ code: 0 });
  });
});
