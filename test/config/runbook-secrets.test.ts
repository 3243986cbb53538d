import { describe, expect, it } from 'vitest';
import { runbookSecrets } from '../../src/config/runbook-secrets.ts';

describe('a secret of a runbook', () => {
  let content = 'first\n';
  const secret = runbookSecrets(
    { RUNBOOK_DEPLOY_TOKEN: 'd', RUNBOOK_CDN_FILE: '/run/cdn', RUNBOOK_LOST_FILE: '/nowhere', RUNBOOK_EMPTY: '', GITHUB_TOKEN: 'ours' },
    (path) => {
      if (path === '/run/cdn') return content;
      throw new Error('no such file');
    },
  );

  it('comes from its variable or its file, as the file is now', () => {
    expect(secret('DEPLOY_TOKEN')).toBe('d');
    expect(secret('CDN')).toBe('first');
    content = 'second\n';
    expect(secret('CDN')).toBe('second');
  });

  it.each(['LOST', 'EMPTY', 'UNKNOWN', 'GITHUB_TOKEN'])('is not there: %s', (name) => {
    expect(secret(name)).toBeNull();
  });
});
