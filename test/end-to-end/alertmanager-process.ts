import { spawn } from 'node:child_process';
import { accessSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Alertmanager {
  readonly url: string;
  stop(): Promise<void>;
}
export interface AlertmanagerTarget {
  readonly webhook: string;
  readonly token: string;
}

/** Debian calls it `prometheus-alertmanager`, everybody else `alertmanager`. Null when neither is installed. */
export function findAlertmanager(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = ['prometheus-alertmanager', 'alertmanager'].flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** As in production, but quicker: groups go out after a tenth of a second and are repeated every second while they fire. */
function configuration({ webhook, token }: AlertmanagerTarget): string {
  const receiver = {
    name: 'allclear',
    webhook_configs: [{ url: webhook, send_resolved: true, http_config: { authorization: { credentials: token } } }],
  };
  const route = {
    receiver: 'allclear',
    group_by: ['alertname', 'service'],
    group_wait: '100ms',
    group_interval: '300ms',
    repeat_interval: '1s',
  };
  // JSON is YAML too.
  return JSON.stringify({ route, receivers: [receiver] });
}

/** A real Alertmanager on a free port of this machine, with its files in `folder`. Answers once it listens. */
export async function startAlertmanager(binary: string, folder: string, target: AlertmanagerTarget): Promise<Alertmanager> {
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, configuration(target));
  const flags = [
    `--config.file=${file}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    '--web.listen-address=127.0.0.1:0',
    '--cluster.listen-address=',
  ];
  const child = spawn(binary, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said: string[] = [];
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const found = /msg="Listening on" address=(\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`Alertmanager ended:\n${said.join('\n')}`)));
  });
  return {
    url: `http://${address}`,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
