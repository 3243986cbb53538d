import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSettings, SECRET_VARIABLES, type Settings } from '../../src/config/environment.ts';
import { redactedSettings } from '../../src/config/redacted-settings.ts';

const noFiles = (path: string): string => {
  throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
};
function settings(variables: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}): Settings {
  const read = readSettings(variables, (path) => files[path] ?? noFiles(path));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.settings;
}
function problems(variables: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}): readonly string[] {
  const read = readSettings(variables, (path) => files[path] ?? noFiles(path));
  return read.ok ? [] : read.problems.map(({ variable, sentence }) => `${variable}: ${sentence}`);
}
const KEY = 'k'.repeat(32);

describe('settings', () => {
  it('need nothing to be set', () => {
    expect(settings({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      configFile: './allclear.yaml',
      dataDirectory: './data',
      publicUrl: null,
      logLevel: 'info',
      secret: null,
      ofrepKey: null,
      webhookSecret: null,
      alertmanagerToken: null,
      mail: null,
      github: null,
      slack: null,
      discord: null,
      postmortemDirectory: './data/postmortems',
      retentionDays: null,
      databaseUrl: null,
      redisUrl: null,
      httpAllow: [],
    });
  });

  it('take an empty variable for one that is not set', () => {
    expect(settings({ PORT: '', ALLCLEAR_SECRET: '', SMTP_URL: '', HTTP_ALLOW: '', UNRELATED: 'x' })).toEqual(settings({}));
  });

  it('come from their variables', () => {
    expect(
      settings({
        HOST: '0.0.0.0',
        PORT: '0',
        ALLCLEAR_CONFIG: '/etc/allclear/allclear.yaml',
        ALLCLEAR_DATA: '/var/lib/allclear/',
        ALLCLEAR_PUBLIC_URL: 'https://allclear.example.com/',
        LOG_LEVEL: 'debug',
        ALLCLEAR_SECRET: KEY,
        OFREP_KEY: 'o'.repeat(16),
        SMTP_URL: 'smtp://127.0.0.1:2525',
        MAIL_FROM: 'Allclear <allclear@example.com>',
        GITHUB_TOKEN: 'ghp_x',
        GITHUB_REPOSITORY: 'acme/postmortems',
        GITHUB_API_URL: 'http://127.0.0.1:4000/api/v3/',
        GITHUB_BASE_BRANCH: 'trunk',
        DATABASE_URL: 'postgres://allclear:x@db:5432/allclear',
        REDIS_URL: 'rediss://:x@redis:6379/1',
        HTTP_ALLOW: 'Localhost, 10.0.0.5:9090,[::1]:80,',
      }),
    ).toEqual({
      host: '0.0.0.0',
      port: 0,
      configFile: '/etc/allclear/allclear.yaml',
      dataDirectory: '/var/lib/allclear/',
      publicUrl: 'https://allclear.example.com',
      logLevel: 'debug',
      secret: KEY,
      ofrepKey: 'o'.repeat(16),
      webhookSecret: null,
      alertmanagerToken: null,
      mail: { smtpUrl: 'smtp://127.0.0.1:2525', from: 'Allclear <allclear@example.com>' },
      github: { token: 'ghp_x', owner: 'acme', repository: 'postmortems', apiUrl: 'http://127.0.0.1:4000/api/v3', baseBranch: 'trunk' },
      slack: null,
      discord: null,
      postmortemDirectory: '/var/lib/allclear/postmortems',
      retentionDays: null,
      databaseUrl: 'postgres://allclear:x@db:5432/allclear',
      redisUrl: 'rediss://:x@redis:6379/1',
      httpAllow: ['localhost', '10.0.0.5:9090', '[::1]:80'],
    });
  });

  it('publish to GitHub only with both token and repository, which CI systems set by themselves', () => {
    expect(settings({ GITHUB_REPOSITORY: 'acme/app', GITHUB_API_URL: 'https://api.github.com' }).github).toBeNull();
    expect(settings({ GITHUB_TOKEN: 'ghp_x' }).github).toBeNull();
  });
});

describe('a bad variable', () => {
  it.each([
    ['PORT', '70000', 'Write a port from 0 to 65535, not `70000`.'],
    ['PORT', 'http', 'Write a port from 0 to 65535, not `http`.'],
    ['PORT', '-1', 'Write a port from 0 to 65535, not `-1`.'],
    ['HOST', 'local host', 'Write a host name or an IP address, not `local host`.'],
    ['LOG_LEVEL', 'loud', 'Write `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`, not `loud`.'],
    [
      'ALLCLEAR_PUBLIC_URL',
      'ftp://x',
      'Write a URL beginning with https:// or http://, without user name, password, `?` and `#`, not `ftp://x`.',
    ],
    ['GITHUB_REPOSITORY', 'acme', 'Write a repository such as `owner/name`, not `acme`.'],
    ['HTTP_ALLOW', 'localhost,http://x', 'Write hosts such as `localhost,10.0.0.5:9090,[::1]`, not `http://x`.'],
    ['DATABASE_URL', 'mysql://root:hunter2@db/x', 'Write a URL such as `postgres://user:password@db.example.com:5432/allclear`.'],
    ['REDIS_URL', 'localhost:6379', 'Write a URL such as `redis://:password@redis.example.com:6379`.'],
    [
      'ALLCLEAR_SECRET',
      '',
      'DATABASE_URL is set, so all replicas must sign alike: give each the same, for example from `openssl rand -hex 32`.',
      { DATABASE_URL: 'postgres://db/allclear' },
    ],
    ['MAIL_FROM', 'nobody', 'Write an address such as `Allclear <allclear@example.com>`, not `nobody`.'],
    ['ALLCLEAR_DATA', 'x'.repeat(3_000), 'This value is too long.'],
  ])('%s=%s is named and explained', (variable, value, sentence, beside?: Readonly<Record<string, string>>) => {
    expect(problems({ ...beside, [variable]: value })).toEqual([`${variable}: ${sentence}`]);
  });

  it('does not hide another one', () => {
    expect(
      problems({ PORT: 'x', LOG_LEVEL: 'y', OFREP_KEY: 'short', GITHUB_TOKEN_FILE: '/nowhere' }).map((line) => line.split(':')[0]),
    ).toEqual(['GITHUB_TOKEN_FILE', 'PORT', 'LOG_LEVEL', 'OFREP_KEY']);
  });

  it('is missing when mail has no sender', () => {
    expect(problems({ SMTP_URL: 'smtp://127.0.0.1' })).toEqual([
      'MAIL_FROM: SMTP_URL is set, so say whom mail comes from, such as `Allclear <allclear@example.com>`.',
    ]);
  });
});

describe('secrets', () => {
  it('may come from a file, without the line end', () => {
    expect(settings({ ALLCLEAR_SECRET_FILE: '/run/secret' }, { '/run/secret': `${KEY}\n` }).secret).toBe(KEY);
    expect(
      settings({ SMTP_URL_FILE: '/run/smtp', MAIL_FROM: 'a@example.com' }, { '/run/smtp': 'smtps://u:p@mail.example.com\n' }).mail?.smtpUrl,
    ).toBe('smtps://u:p@mail.example.com');
  });

  it('come from one place only, which must be there and not empty', () => {
    expect(problems({ OFREP_KEY: KEY, OFREP_KEY_FILE: '/a' }, { '/a': KEY })).toEqual([
      'OFREP_KEY_FILE: OFREP_KEY is set too; keep one of the two.',
    ]);
    expect(problems({ OFREP_KEY_FILE: '/b' })).toEqual(['OFREP_KEY_FILE: The file /b cannot be read (ENOENT).']);
    expect(problems({ OFREP_KEY_FILE: '/c' }, { '/c': ' \n' })).toEqual(['OFREP_KEY_FILE: The file /c is empty.']);
  });

  it('are never printed, good or bad, whatever they are', () => {
    // A space or a letter that is no ASCII makes every secret wrong; the marker makes it findable.
    const value = fc
      .tuple(fc.constantFrom('', ' ', 'é', 'https://u:', '\n'), fc.string({ maxLength: 40 }))
      .map(([before, after]) => `${before}canary-7f3a${after}`);
    fc.assert(
      fc.property(fc.constantFrom(...SECRET_VARIABLES), value, fc.boolean(), (variable, secret, isFile) => {
        const variables = isFile ? { [`${variable}_FILE`]: '/f' } : { [variable]: secret };
        const read = readSettings({ ...variables, MAIL_FROM: 'a@example.com', GITHUB_REPOSITORY: 'a/b' }, () => secret);
        const printed = JSON.stringify(read.ok ? redactedSettings(read.settings) : read.problems);
        expect(printed).not.toContain('canary-7f3a');
      }),
      { numRuns: 1_000 },
    );
  });

  it('of a URL are left out where the URL is shown', () => {
    expect(problems({ ALLCLEAR_PUBLIC_URL: 'https://u:hunter2@x' }).join()).not.toContain('hunter2');
    const shown = redactedSettings(
      settings({ SMTP_URL: 'smtps://user:hunter2@mail.example.com:465/?x=1', MAIL_FROM: 'a@example.com', OFREP_KEY: KEY }),
    );
    expect(shown).toMatchObject({ SMTP_URL: 'smtps://mail.example.com:465', OFREP_KEY: 'set', ALLCLEAR_SECRET: 'not set', PORT: '3000' });
  });
});
