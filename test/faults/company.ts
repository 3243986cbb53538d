/** Slack's ids of people, or nobody's. */
export type SlackIds = Readonly<Record<string, string>> | null;

/** One rung, one way: each incident owes one call, and nobody answers it. */
export function company(phones: string, slack: SlackIds): string {
  const person = (id: string, name: string, rank: string): string => {
    const identities = slack === null ? '' : `identities: { slack: ${slack[id]} }, `;
    return `${id}: { name: ${name}, rank: ${rank}, webhook: ${phones}/${id}, ${identities}notify: { high: [{ pager: webhook }], low: [{ pager: webhook }] } }`;
  };
  return `
organization: Faults on purpose
timeZone: Europe/Berlin
people:
  ${person('ana', 'Ana Lima', 'admin')}
  ${person('bo', 'Bo Berg', 'commander')}
policies:
  all: { name: All, repeats: 0, levels: [{ targets: [{ person: bo }], timeout: 30m }] }
incidents: { policy: all, unsetSeverityPages: true, platforms: [console${slack === null ? '' : ', slack'}] }
roles: {}
`;
}
