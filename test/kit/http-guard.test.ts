import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { notPublic } from '../../src/kit/addresses.ts';
import { createHttpClient, type Lookup } from '../../src/kit/http.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that counts whom it served: a guard that lets something through is seen here, not only in its words. */
async function listen(): Promise<{ port: number; served: () => number }> {
  let served = 0;
  const server = createServer((_request, response) => {
    served += 1;
    response.end('inside');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, served: () => served };
}

/** Every way we know to write a host that is not the public internet; `PORT` becomes the port of a server on loopback. */
const SPELLINGS: readonly string[] = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.127.127.127', '127.0.0.255', '127.255.255.254', '2130706433', '017700000001', '0x7f000001'],
  ...[
    '0x7f.0.0.1',
    '0x7f.1',
    '0x7F.0x0.0x0.0x1',
    '0177.0.0.1',
    '0177.0.0.01',
    '0177.1',
    '00000177.0.0.1',
    '0x0000007f.0.0.1',
    '0177.0x0.1',
  ],
  ...[
    '127.0x1',
    '127.0.0x0.1',
    '0x7f.0.0.01',
    '127.0.0.1.',
    '2130706433.',
    '%31%32%37.0.0.1',
    '%6c%6f%63%61%6c%68%6f%73%74',
    '127%2e0%2e0%2e1',
  ],
  ...[
    '１２７.０.０.１',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '127．0．0．1',
    '127｡0｡0｡1',
    '⓵②７.0.0.1',
    'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
    'ｌｏｃａｌｈｏｓｔ',
    'LOCALHOST',
    'localhost',
    'loca\tlhost',
    '127.0.\n0.1',
  ],
  ...['0.0.0.0', '0', '00', '0x0', '0.0', '0.1.2.3', '0000.0000.0000.0000', '0.0.0.0.'],
  ...[
    '10.0.0.1',
    '10.255.255.255',
    '10.1',
    '167772161',
    '0xa000001',
    '012.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '172.16.1',
    '2886729729',
    '0xac.0x10.0.1',
  ],
  ...['192.168.0.1', '192.168.1', '192.168.257', '3232235521', '0xc0a80001', '0300.0250.0.1', '0xc0.0xa8.0.1', '192.168.255.255'],
  ...[
    '169.254.169.254',
    '169.254.43518',
    '2852039166',
    '0xa9fea9fe',
    '0xa9.0xfe.0xa9.0xfe',
    '0251.0376.0251.0376',
    '0251.254.169.254',
    '169.254.169.254.',
    '025177524776',
    '169.16689662',
    '169.254.0.1',
  ],
  ...[
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '192.0.0.192',
    '192.0.0.1',
    '168.63.129.16',
    '198.18.0.1',
    '198.19.255.255',
    '192.0.2.1',
    '198.51.100.7',
    '203.0.113.9',
    '192.88.99.1',
  ],
  ...['224.0.0.1', '239.255.255.250', '240.0.0.1', '255.255.255.255', '4294967295', '0xffffffff', '037777777777'],
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[0000:0000:0000:0000:0000:0000:0000:0001]', '[::0001]', '[0::1]', '[::]', '[0:0:0:0:0:0:0:0]'],
  ...[
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::FFFF:7F00:0001]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[::ffff:10.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[::ffff:169.254.169.254]',
    '[::ffff:0.0.0.0]',
    '[::ffff:192.168.0.1]',
  ],
  ...[
    '[::127.0.0.1]',
    '[::7f00:1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b::10.0.0.1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2002:a9fe:a9fe::1]',
  ],
  ...[
    '[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
    '[2001:db8::1]',
    '[3fff::1]',
    '[fe80::1]',
    '[febf::1]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fdff::1]',
    '[ff02::1]',
    '[ff0e::1]',
    '[100::1]',
    '[5f00::1]',
    '[4000::1]',
  ],
];

/** Names only our own resolver would know; each is a real trick, answered here as its public service does. */
const REBINDING_NAMES: Readonly<Record<string, readonly string[]>> = {
  '127.0.0.1.nip.io': ['127.0.0.1'],
  'localtest.me': ['127.0.0.1', '::1'],
  'mixed.example': ['93.184.216.34', '10.0.0.7'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'scoped.example': ['fe80::1%eth0'],
  'nonsense.example': ['not-an-address'],
};

describe('the SSRF guard', () => {
  it('knows at least a hundred spellings', () => {
    expect(new Set(SPELLINGS).size).toBeGreaterThanOrEqual(100);
  });

  it.each(SPELLINGS)('refuses http://%s', async (host) => {
    const { port, served } = await listen();
    const answer = await createHttpClient({ allow: [] }).request({ method: 'GET', url: `http://${host}:${port}/` });
    expect(answer).toMatchObject({ ok: false, sent: false });
    expect(served()).toBe(0);
  });

  it.each(Object.entries(REBINDING_NAMES))('refuses %s, whose name hides an inner address', async (name, addresses) => {
    const client = createHttpClient({ allow: [], lookup: async () => addresses });
    const answer = await client.request({ method: 'GET', url: `http://${name}/` });
    expect(answer).toMatchObject({ ok: false, reason: 'client', sent: false });
  });

  it.each([
    'ftp://example.org/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    'data:text/plain,x',
    'javascript:alert(1)',
    'http://user@example.org/',
    'http://example.org:secret@127.0.0.1/',
    'http://',
    'http://[::1',
    'http://999.1.1.1/',
    '//127.0.0.1/',
    '',
    'http:///',
  ])('refuses the URL %j before it looks anything up', async (url) => {
    let looked = 0;
    const lookup: Lookup = async () => {
      looked += 1;
      return ['93.184.216.34'];
    };
    const answer = await createHttpClient({ allow: [], lookup }).request({ method: 'GET', url });
    expect(answer).toMatchObject({ ok: false, reason: 'client', sent: false });
    expect(looked).toBe(0);
  });

  it('denies a name that does not resolve', async () => {
    const lookup: Lookup = () => Promise.reject(Object.assign(new Error('query refused'), { code: 'ENOTFOUND' }));
    const answer = await createHttpClient({ allow: [], lookup }).request({ method: 'GET', url: 'http://nowhere.example/' });
    expect(answer).toMatchObject({ ok: false, reason: 'unreachable', sent: false });
  });

  it('denies a name without any address', async () => {
    const answer = await createHttpClient({ allow: [], lookup: async () => [] }).request({ method: 'GET', url: 'http://empty.example/' });
    expect(answer).toMatchObject({ ok: false, reason: 'unreachable', sent: false });
  });

  it('resolves once and connects to what it checked, so that a name cannot change its mind', async () => {
    const { port, served } = await listen();
    const answers = [['127.0.0.1'], ['169.254.169.254']];
    let looked = 0;
    const lookup: Lookup = async () => answers[looked++] ?? [];
    const client = createHttpClient({ allow: ['rebind.example'], lookup });
    expect(await client.request({ method: 'GET', url: `http://rebind.example:${port}/` })).toMatchObject({ ok: true, text: 'inside' });
    expect({ looked, served: served() }).toEqual({ looked: 1, served: 1 });
  });

  it('refuses a name that answers a public address first and an inner one later', async () => {
    const { port, served } = await listen();
    const lookup: Lookup = async () => ['93.184.216.34', '127.0.0.1'];
    const answer = await createHttpClient({ allow: [], lookup }).request({ method: 'GET', url: `http://rebind.example:${port}/` });
    expect(answer).toMatchObject({ ok: false, reason: 'client' });
    expect(served()).toBe(0);
  });

  it('opens exactly what the allow-list names, in whatever spelling', async () => {
    const { port, served } = await listen();
    const reach = async (allow: string, host: string): Promise<boolean> =>
      (await createHttpClient({ allow: [allow] }).request({ method: 'GET', url: `http://${host}:${port}/` })).ok;
    expect(await reach('127.0.0.1', '127.0.0.1')).toBe(true);
    expect(await reach(`127.0.0.1:${port}`, '2130706433')).toBe(true);
    expect(await reach('LOCALHOST', 'localhost')).toBe(true);
    expect(await reach(`127.0.0.1:${port + 1}`, '127.0.0.1')).toBe(false);
    expect(await reach('10.0.0.1', '127.0.0.1')).toBe(false);
    expect(await reach('', '127.0.0.1')).toBe(false);
    expect(served()).toBe(3);
  });

  it.each([
    ['80', 'http://10.0.0.9/'],
    ['443', 'https://10.0.0.9/'],
  ])('reads an allowed port %s as the default of its scheme', async (port, url) => {
    const client = createHttpClient({ allow: [`10.0.0.9:${port}`] });
    const answer = await client.request({ method: 'GET', url, signal: AbortSignal.abort() });
    expect(answer).toMatchObject({ ok: false, reason: 'timeout', sent: false });
  });
});

describe('a public address', () => {
  it.each(['8.8.8.8', '93.184.216.34', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '223.255.255.255', '1.1.1.1'])(
    'is public: %s',
    (address) => expect(notPublic(address)).toBeNull(),
  );
  it.each(['2606:4700:4700::1111', '2001:4860:4860::8888', '2a00:1450:4001::200e', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '3ffe::1'])(
    'is public: %s',
    (address) => expect(notPublic(address)).toBeNull(),
  );
});
