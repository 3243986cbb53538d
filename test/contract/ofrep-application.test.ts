import { OFREPProvider } from '@openfeature/ofrep-provider';
import { type Client, ErrorCode, OpenFeature, StandardResolutionReasons } from '@openfeature/server-sdk';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog, SwitchDefinition } from '../../src/domain/catalog.ts';
import type { SwitchAct } from '../../src/domain/switches/acts.ts';
import { switchDomain } from '../../src/domain/switches/domain.ts';
import type { SwitchState } from '../../src/domain/switches/state.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { switchFlags } from '../../src/readings/switch-board.ts';
import { ofrepRoutes } from '../../src/web/ofrep.ts';
import { exampleCatalog } from '../support/catalog.ts';
import { given } from '../support/given.ts';

/*
 * A shop, written as its developers would write it: with the OpenFeature SDK and its OFREP provider, over a socket. It
 * knows nothing of Allclear but an address and a key.
 */
const KEY = 'the-shop-may-read-switches';
const shedLoad: SwitchDefinition = {
  ...(exampleCatalog.switches['payments-off'] as SwitchDefinition),
  id: 'shed-load',
  name: 'Shed load',
  kind: 'brownout',
  levels: 3,
};
const catalog: Catalog = { ...exampleCatalog, switches: { ...exampleCatalog.switches, 'shed-load': shedLoad } };

async function shop(client: Client) {
  return {
    takesOrders: async () => !(await client.getBooleanValue('read-only', false)),
    chargesCards: async () => !(await client.getBooleanValue('payments-off', false, { targetingKey: 'order-7', country: 'DE' })),
    recommendations: async () => ['all', 'few', 'none', 'none'][await client.getNumberValue('shed-load', 0)],
  };
}

/** Flips a switch as two people do; answers the state it is in then. */
function flipped(id: string, to: number, before?: SwitchState): SwitchState {
  const request: SwitchAct = { type: 'switch.request', switch: id, to, reason: 'The database is on fire', incident: null, ttlMs: null };
  const start = given(switchDomain, `switch/${id}`);
  if (before !== undefined) return { ...before, level: to, version: before.version + 1 };
  return start
    .when(request, { actor: 'person:cy', catalog })
    .when({ type: 'switch.approve', switch: id, request: 'r1' }, { actor: 'person:bo', catalog }).state;
}

describe('an application with the OpenFeature SDK', () => {
  let server: FastifyInstance;
  let states: Record<string, SwitchState>;
  let client: Client;

  async function connect(headers: [string, string][]): Promise<Client> {
    const address = server.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await OpenFeature.setProviderAndWait('shop', new OFREPProvider({ baseUrl: `http://127.0.0.1:${port}`, headers }));
    return OpenFeature.getClient('shop');
  }

  beforeEach(async () => {
    states = {};
    server = Fastify();
    await server.register(ofrepRoutes({ flags: async () => switchFlags(catalog, states), key: KEY, clock: systemClock }));
    await server.listen({ port: 0, host: '127.0.0.1' });
    client = await connect([['Authorization', `Bearer ${KEY}`]]);
  });
  afterEach(async () => {
    await OpenFeature.close();
    await server.close();
  });

  it('obeys read-only mode from the moment two people have flipped it, and no longer once it is off', async () => {
    const { takesOrders } = await shop(client);
    expect(await takesOrders()).toBe(true);
    states['read-only'] = flipped('read-only', 1);
    expect(await takesOrders()).toBe(false);
    states['read-only'] = flipped('read-only', 0, states['read-only']);
    expect(await takesOrders()).toBe(true);
  });

  it('obeys a kill switch and the level of a brownout', async () => {
    const { chargesCards, recommendations } = await shop(client);
    expect([await chargesCards(), await recommendations()]).toEqual([true, 'all']);
    states['payments-off'] = flipped('payments-off', 1);
    states['shed-load'] = flipped('shed-load', 2);
    expect([await chargesCards(), await recommendations()]).toEqual([false, 'none']);
  });

  it('learns why and since when', async () => {
    const off = await client.getBooleanDetails('read-only', true);
    expect(off).toMatchObject({
      value: false,
      reason: StandardResolutionReasons.STATIC,
      variant: 'off',
      flagMetadata: { kind: 'read-only', version: 0, stale: false },
    });
    states['read-only'] = { ...flipped('read-only', 1), incident: 42 };
    const on = await client.getBooleanDetails('read-only', false);
    expect(on).toMatchObject({ value: true, reason: StandardResolutionReasons.TARGETING_MATCH, variant: 'on' });
    expect(on.flagMetadata).toEqual({ kind: 'read-only', version: 1, since: '2026-03-02T03:00:00.000Z', incident: 42, stale: false });
    expect(on.errorCode).toBeUndefined();
  });

  it('falls back on its own default for a switch there is not, and knows why', async () => {
    for (const key of ['nope', 'constructor', '__proto__', 'a%2Fb']) {
      expect(await client.getBooleanDetails(key, true)).toMatchObject({
        value: true,
        reason: StandardResolutionReasons.ERROR,
        errorCode: ErrorCode.FLAG_NOT_FOUND,
      });
    }
  });

  it('falls back on its own default when the type is not what it expects', async () => {
    expect(await client.getBooleanDetails('shed-load', true)).toMatchObject({ value: true, errorCode: ErrorCode.TYPE_MISMATCH });
  });

  it('falls back on its own default when Allclear is gone, and obeys again when it is back', async () => {
    states['read-only'] = flipped('read-only', 1);
    const address = server.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await server.close();
    expect(await client.getBooleanDetails('read-only', false)).toMatchObject({ value: false, reason: StandardResolutionReasons.ERROR });
    server = Fastify();
    await server.register(ofrepRoutes({ flags: async () => switchFlags(catalog, states), key: KEY, clock: systemClock }));
    await server.listen({ port, host: '127.0.0.1' });
    expect(await client.getBooleanValue('read-only', false)).toBe(true);
  });

  it('is told nothing without the key, or with a wrong one', async () => {
    states['read-only'] = flipped('read-only', 1);
    for (const headers of [[], [['Authorization', 'Bearer guess']], [['X-API-Key', 'guess']]] as [string, string][][]) {
      const stranger = await connect(headers);
      expect(await stranger.getBooleanDetails('read-only', false)).toMatchObject({ value: false, errorCode: ErrorCode.GENERAL });
    }
    const known = await connect([['X-API-Key', KEY]]);
    expect(await known.getBooleanValue('read-only', false)).toBe(true);
  });
});
