import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectSocket, type Socket } from '../../../src/chat/slack/socket.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { openSocketFarEnd, type SocketFarEnd } from '../../support/slack/socket-far-end.ts';

/** A thread and the library in it take a moment to start, on a busy machine a long one. */
const PATIENCE = { timeout: 15_000 };
const PAYLOAD = { command: '/incident', text: 'ack', trigger_id: 'trigger-1' };

describe('Socket Mode', () => {
  let far: SocketFarEnd;
  let socket: Socket;
  let taken: unknown[];
  let bugs: unknown[];
  let broken: boolean;
  const clock = fakeClock(1_772_420_400_000);
  const connect = async (): Promise<void> => {
    socket = await connectSocket({
      appToken: 'xapp-1',
      apiUrl: far.apiUrl,
      clock,
      async take(body, acknowledge) {
        if (broken) throw new Error('the disk is full');
        taken.push(body);
        await acknowledge();
      },
      bug: (fault) => void bugs.push(fault),
    });
  };
  beforeEach(async () => {
    far = await openSocketFarEnd();
    [taken, bugs, broken] = [[], [], false];
  });
  afterEach(async () => {
    await socket.stop();
    await far.close();
  });
  function send(id: string): void {
    far.send({ type: 'slash_commands', envelope_id: id, payload: PAYLOAD, accepts_response_payload: true });
  }

  it('takes a delivery and then acknowledges its envelope', async () => {
    await connect();
    send('envelope-1');
    await expect.poll(() => far.acknowledged, PATIENCE).toEqual(['envelope-1']);
    expect(taken).toEqual([PAYLOAD]);
  });

  it('acknowledges nothing it could not write down, so that Slack sends it again', async () => {
    await connect();
    broken = true;
    send('envelope-1');
    await expect.poll(() => bugs.length).toBe(1);
    broken = false;
    send('envelope-2');
    await expect.poll(() => far.acknowledged, PATIENCE).toEqual(['envelope-2']);
  });

  it('comes back after it was hung up on, although Slack refuses the token in between', async () => {
    await connect();
    far.refuse(2);
    far.drop();
    await expect
      .poll(async () => {
        await clock.advance(10_000, async () => undefined);
        return far.connections();
      }, PATIENCE)
      .toBe(1);
    expect(far.asked()).toBe(4);
    send('envelope-3');
    await expect.poll(() => far.acknowledged, PATIENCE).toEqual(['envelope-3']);
  });

  it('loses a thread and nothing else when the library throws where nobody can catch it', async () => {
    await connect();
    const first = socket.thread();
    far.send({ type: 'events_api', envelope_id: 'envelope-4', payload: {} });
    await expect.poll(() => socket.thread(), PATIENCE).toBeNull();
    expect(String(bugs[0])).toContain('TypeError');
    await expect.poll(() => far.connections(), PATIENCE).toBe(0);
    await clock.advance(1_000, async () => undefined);
    await expect.poll(() => far.connections(), PATIENCE).toBe(1);
    expect(socket.thread()).not.toBe(first);
    send('envelope-5');
    await expect.poll(() => far.acknowledged, PATIENCE).toEqual(['envelope-5']);
  });

  it('starts although Slack cannot be reached, and connects when it can', async () => {
    far.refuse(1);
    await connect();
    expect(far.connections()).toBe(0);
    await expect
      .poll(async () => {
        await clock.advance(10_000, async () => undefined);
        return far.connections();
      }, PATIENCE)
      .toBe(1);
  });
});
