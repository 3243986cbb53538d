import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { GatewayCloseCodes, GatewayOpcodes } from 'discord-api-types/v10';
import { acceptJsonSocket, type JsonSocket } from './frames.ts';

type Json = Record<string, unknown>;
interface Session {
  readonly id: string;
  readonly told: Json[];
  sequence: number;
  socket: JsonSocket | null;
}

/** Discord's end of the gateway (docs.discord.com/developers/events/gateway): sessions that can be resumed, and every way to end them. */
export interface GatewayFarEnd {
  /** Tells every session, also those that are away just now. */
  dispatch(type: string, data: Json): void;
  /** Tells the last dispatch again under its old number. */
  repeat(): void;
  /** Hangs up on everybody. */
  drop(): void;
  /** Nobody can come in until it is opened again. */
  setClosed(isClosed: boolean): void;
  /** Whoever wants to resume is told that the session is gone. */
  forgetSessions(): void;
  /** The next who identify are closed with this code. */
  refuse(code: number, times: number): void;
  readonly identifies: readonly { readonly intents: number; readonly at: number }[];
  readonly resumes: () => number;
  readonly connections: () => number;
}

/** Longer than any test: the first one comes after a random part of it. */
const HEARTBEAT_MS = 41_250;

interface Sessions {
  /** The session a socket is for from now on, or null when it was sent away. */
  identify(socket: JsonSocket, data: Json): Session | null;
  resume(socket: JsonSocket, data: Json): Session | null;
  left(session: Session | null, socket: JsonSocket, code: number): void;
}
type SessionEyes = Sessions & Pick<GatewayFarEnd, 'dispatch' | 'repeat' | 'forgetSessions' | 'refuse' | 'identifies' | 'resumes'>;

function keepSessions(token: string, ready: () => Json): SessionEyes {
  const sessions = new Map<string, Session>();
  const identifies: { intents: number; at: number }[] = [];
  let resumes = 0;
  let refusal = { code: 0, times: 0 };
  const tell = (session: Session, type: string, data: Json): void => {
    session.sequence += 1;
    const payload = { op: GatewayOpcodes.Dispatch, s: session.sequence, t: type, d: data };
    session.told.push(payload);
    session.socket?.send(payload);
  };
  return {
    identify(socket, data) {
      identifies.push({ intents: Number(data['intents']), at: Date.now() });
      const code = data['token'] === token ? (refusal.times > 0 ? refusal.code : 0) : GatewayCloseCodes.AuthenticationFailed;
      refusal.times -= 1;
      if (code !== 0) {
        socket.close(code);
        return null;
      }
      const session: Session = { id: randomUUID().replaceAll('-', ''), told: [], sequence: 0, socket };
      sessions.set(session.id, session);
      tell(session, 'READY', { ...ready(), session_id: session.id });
      return session;
    },
    resume(socket, data) {
      const session = sessions.get(String(data['session_id']));
      if (session === undefined || data['token'] !== token) {
        socket.send({ op: GatewayOpcodes.InvalidSession, d: false });
        return null;
      }
      resumes += 1;
      session.socket = socket;
      for (const payload of session.told) if (Number(payload['s']) > Number(data['seq'])) socket.send(payload);
      tell(session, 'RESUMED', {});
      return session;
    },
    left(session, socket, code) {
      if (session?.socket === socket) session.socket = null;
      // Closed as normal, a session is over.
      if (session !== null && (code === 1_000 || code === 1_001)) sessions.delete(session.id);
    },
    dispatch(type, data) {
      for (const session of sessions.values()) tell(session, type, data);
    },
    repeat() {
      for (const { told, socket } of sessions.values()) socket?.send(told.at(-1) ?? {});
    },
    forgetSessions: () => sessions.clear(),
    refuse(code, times) {
      refusal = { code, times };
    },
    identifies,
    resumes: () => resumes,
  };
}

export function openGatewayFarEnd(server: Server, token: string, ready: () => Json): GatewayFarEnd {
  const { identify, resume, left, ...sessions } = keepSessions(token, ready);
  const sockets = new Set<JsonSocket>();
  let isClosed = false;
  server.on('upgrade', (request, raw) => {
    if (isClosed) return void raw.destroy();
    let session: Session | null = null;
    const socket = acceptJsonSocket(request, raw, {
      heard(content) {
        const { op, d } = content as { op: number; d: Json };
        if (op === GatewayOpcodes.Heartbeat) socket.send({ op: GatewayOpcodes.HeartbeatAck });
        if (op === GatewayOpcodes.Identify) session = identify(socket, d);
        if (op === GatewayOpcodes.Resume) session = resume(socket, d);
      },
      closed(code) {
        sockets.delete(socket);
        left(session, socket, code);
      },
    });
    sockets.add(socket);
    socket.send({ op: GatewayOpcodes.Hello, d: { heartbeat_interval: HEARTBEAT_MS } });
  });
  return {
    ...sessions,
    drop() {
      for (const socket of sockets) socket.drop();
    },
    setClosed(closed) {
      isClosed = closed;
    },
    connections: () => sockets.size,
  };
}
