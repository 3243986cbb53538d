import type { Settings } from './environment.ts';

/** The settings as `allclear doctor` shows them: by the variable that sets each, secrets only as set or not. */
export function redactedSettings(settings: Settings): Readonly<Record<string, string>> {
  const { mail, github, slack, discord } = settings;
  return {
    HOST: settings.host,
    PORT: String(settings.port),
    ALLCLEAR_CONFIG: settings.configFile,
    ALLCLEAR_DATA: settings.dataDirectory,
    ALLCLEAR_PUBLIC_URL: settings.publicUrl ?? 'not set',
    LOG_LEVEL: settings.logLevel,
    ALLCLEAR_SECRET: isSet(settings.secret),
    OFREP_KEY: isSet(settings.ofrepKey),
    WEBHOOK_SECRET: isSet(settings.webhookSecret),
    ALERTMANAGER_TOKEN: isSet(settings.alertmanagerToken),
    SMTP_URL: mail === null ? 'not set' : server(mail.smtpUrl),
    MAIL_FROM: mail?.from ?? 'not set',
    GITHUB_TOKEN: isSet(github?.token ?? null),
    GITHUB_REPOSITORY: github === null ? 'not set' : `${github.owner}/${github.repository}`,
    GITHUB_API_URL: github?.apiUrl ?? 'not used',
    GITHUB_BASE_BRANCH: github?.baseBranch ?? 'not used',
    SLACK_BOT_TOKEN: isSet(slack?.token ?? null),
    SLACK_APP_TOKEN: isSet(slack?.appToken ?? null),
    SLACK_SIGNING_SECRET: isSet(slack?.signingSecret ?? null),
    SLACK_API_URL: slack === null ? 'not used' : server(slack.apiUrl),
    SLACK_DIGEST_CHANNEL: slack?.digestChannel ?? 'not set',
    ...discordLines(discord),
    POSTMORTEM_DIR: settings.postmortemDirectory,
    RETENTION_DAYS: spellDays(settings.retentionDays),
    DATABASE_URL: settings.databaseUrl === null ? 'not set' : server(settings.databaseUrl),
    REDIS_URL: settings.redisUrl === null ? 'not set' : server(settings.redisUrl),
    HTTP_ALLOW: settings.httpAllow.join(',') || 'not set',
  };
}

function discordLines(discord: Settings['discord']): Readonly<Record<string, string>> {
  return {
    DISCORD_TOKEN: isSet(discord?.token ?? null),
    DISCORD_GUILD_ID: discord?.guild ?? 'not set',
    DISCORD_API_URL: discord === null ? 'not used' : server(discord.apiUrl),
    DISCORD_DIGEST_CHANNEL: discord?.digestChannel ?? 'not set',
    DISCORD_INCIDENTS_CATEGORY: discord?.category ?? 'not set',
    DISCORD_ROOMS_CHANNEL: discord?.roomsChannel ?? 'not set',
    DISCORD_BRIDGE: discord?.hasBridge === false ? 'off' : 'on',
  };
}

function isSet(secret: string | null): string {
  return secret === null ? 'not set' : 'set';
}

/** Protocol, host and port only: user name, password and options stay out. */
function server(address: string): string {
  const url = URL.parse(address);
  return url === null ? 'set' : `${url.protocol}//${url.host}`;
}

function spellDays(days: number | null): string {
  return days === null ? 'for ever' : String(days);
}
