import { BlockList, isIP } from 'node:net';

/**
 * IPv4 that is not the public internet: every block of the IANA special-purpose registry (RFC 6890) that is not globally
 * reachable, multicast (RFC 5771), the reserved class E with broadcast, the retired 6to4 relay (RFC 7526) and a cloud's metadata.
 */
const PRIVATE_V4: readonly (readonly [network: string, bits: number, name: string])[] = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'shared by a carrier'],
  ['127.0.0.0', 8, 'loopback'],
  // Azure answers a machine's own questions, credentials among them, at this public address.
  ['168.63.129.16', 32, 'cloud metadata'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'for protocols'],
  ['192.0.2.0', 24, 'for documentation'],
  ['192.88.99.0', 24, 'a 6to4 relay'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'for benchmarks'],
  ['198.51.100.0', 24, 'for documentation'],
  ['203.0.113.0', 24, 'for documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
];

/** Inside global unicast (2000::/3) and yet not the public internet; Teredo and ORCHID lie in 2001::/23. */
const PRIVATE_V6: typeof PRIVATE_V4 = [
  ['2001::', 23, 'for protocols'],
  ['2001:db8::', 32, 'for documentation'],
  ['2002::', 16, '6to4'],
  ['3fff::', 20, 'for documentation'],
];

const lists = [...PRIVATE_V4, ...PRIVATE_V6].map(([network, bits, name]) => {
  const list = new BlockList();
  const family = isIP(network) === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, bits, family);
  return { list, family, name } as const;
});

/** The eight 16-bit groups of an IPv6 address, read from the one spelling the URL standard gives each address. */
function groupsOf(address: string): readonly number[] {
  const spelled = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = spelled.split('::');
  const read = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) return read(head);
  const before = read(head);
  const after = read(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

/**
 * The IPv4 address inside an IPv4-mapped (::ffff:0:0/96, RFC 4291) or NAT64 address (64:ff9b::/96, RFC 6052), or null. In a
 * network with DNS64 every IPv4-only host resolves to the latter, so that it must be judged by what it stands for.
 */
function embeddedV4(groups: readonly number[]): string | null {
  const prefix = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(':');
  if (prefix !== '0:0:0:0:0:ffff' && prefix !== '64:ff9b:0:0:0:0') return null;
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

function listed(address: string, family: 'ipv4' | 'ipv6'): string | null {
  return lists.find((row) => row.family === family && row.list.check(address, family))?.name ?? null;
}

/**
 * Why an IP address is not one of the public internet ("loopback", "private", …), or null when it is public. Anything that is no
 * IP address is not public either. IPv6 is public only inside global unicast, 2000::/3, so that unknown blocks are refused.
 */
export function notPublic(address: string): string | null {
  const bare = address.replace(/%.*$/, '');
  const version = isIP(bare);
  if (version === 4) return listed(bare, 'ipv4');
  if (version !== 6) return 'no address';
  const groups = groupsOf(bare);
  const inner = embeddedV4(groups);
  if (inner !== null) return listed(inner, 'ipv4');
  const first = groups[0] ?? 0;
  if (first >> 13 !== 1) return groups.join() === '0,0,0,0,0,0,0,1' ? 'loopback' : 'not global unicast';
  return listed(bare, 'ipv6');
}
