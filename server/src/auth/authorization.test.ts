import {
  API,
  FactRecord,
  ROLE_SCOPES,
  RunnerToRelay,
  ViewerToRelay,
  type EndpointSpec,
  type Scope,
} from '@treeline/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { createApp, type AppOptions } from '../http/app.ts';
import { PAGES } from '../http/viewer.ts';
import { startTestRelay, TestRunner, type TestRelay } from '../testing.ts';
import type { Row } from '../domain/authorization/row.ts';
import {
  HTTP_ACTIONS,
  PLAIN_ACTIONS,
  RUNNER_ACTIONS,
  SESSION_ACTIONS,
  VIEWER_ACTIONS,
} from '../domain/authorization/table.ts';

let relay: TestRelay;
let runnerKey: string;
let joinToken: string;
beforeAll(async () => {
  relay = await startTestRelay();
  runnerKey = (await TestRunner.join(relay)).key;
  joinToken = await relay.joinToken();
});
afterAll(() => relay.stop());

const endpoints = Object.entries(API) as [keyof typeof API, EndpointSpec][];
const pathOf = ({ path }: EndpointSpec) => `/api/v1${path.replace(':id', 'ses_00000000000000000000000000')}`;

interface Layer {
  readonly route?: { readonly path: string | string[] };
  readonly handle: { readonly stack?: Layer[] };
}

function routesOf(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) =>
    route === undefined ? routesOf(handle.stack ?? []) : [route.path].flat(),
  );
}

describe('the authorization table', () => {
  it('EDGE-3 has one row for each endpoint and each event, and no other', () => {
    expect(Object.keys(HTTP_ACTIONS).toSorted()).toEqual(Object.keys(API).toSorted());
    expect(Object.keys(RUNNER_ACTIONS).toSorted()).toEqual(Object.keys(RunnerToRelay).toSorted());
    expect(Object.keys(VIEWER_ACTIONS).toSorted()).toEqual(Object.keys(ViewerToRelay).toSorted());
    expect(Object.keys(SESSION_ACTIONS).toSorted()).toEqual(
      FactRecord.options.map(({ shape }) => shape.kind.value).toSorted(),
    );
  });

  it('EDGE-3 has a row for each route that is mounted beside the API', () => {
    const unused = { handlers: {} } as AppOptions;
    const config = { trustProxy: [], webDir: '/nowhere' };
    const app = createApp({ ...unused, config, log: pino({ level: 'silent' }), secure: false });
    const ofApi = new Set(endpoints.map(([, { path }]) => path));
    const plain = routesOf(app.router.stack as unknown as Layer[]).filter((path) => !ofApi.has(path));
    const served = {
      healthz: ['/healthz'],
      readyz: ['/readyz'],
      openapi: ['/api/openapi.json'],
      daemon: ['/api/daemon'],
      viewer: PAGES,
    } satisfies Record<keyof typeof PLAIN_ACTIONS, readonly string[]>;
    const expected = Object.values(served)
      .flat()
      .filter((path) => !ofApi.has(path));
    expect(plain.toSorted()).toEqual(expected.toSorted());
  });

  it('lets anybody sign in, see that the relay is well, load the viewer, and a device say that a push came; nothing else', () => {
    const open = Object.entries({ ...HTTP_ACTIONS, ...PLAIN_ACTIONS, ...RUNNER_ACTIONS, ...VIEWER_ACTIONS })
      .filter(([, row]: [string, Row]) => row.to.includes('anonymous'))
      .map(([name]) => name);
    const signingIn = [
      'beginOidc',
      'beginPasskeySignIn',
      'finishOidc',
      'refresh',
      'setUp',
      'signIn',
      'signInWays',
      'signInWithPasskey',
    ];
    const health = ['healthz', 'openapi', 'readyz', 'seeNotification', 'viewer'];
    expect(open.toSorted()).toEqual([...signingIn, ...health].toSorted());
  });

  it.each(endpoints.filter(([name]) => !(HTTP_ACTIONS[name] as Row).to.includes('anonymous')))(
    'holds for %s, before its body is read',
    async (name, spec) => {
      const ask = async (key: string | null) =>
        (
          await relay.call(spec.method.toUpperCase(), pathOf(spec), {
            key,
            ...(spec.method === 'post' ? { raw: '{"broken' } : {}),
          })
        ).status;
      const row: Row = HTTP_ACTIONS[name];
      expect(await ask(null)).toBe(401);
      expect(await ask(runnerKey)).toBe(403);
      expect(await ask(row.to.includes('join') ? relay.localKey() : joinToken)).toBe(403);
    },
  );

  it('lets a viewer change nothing but what is their own', () => {
    const scopes: readonly (Scope | undefined)[] = ROLE_SCOPES.viewer;
    const changing = endpoints.filter(([, spec]) => spec.method !== 'get').map(([name]) => name);
    const scoped = changing.filter((name) => scopes.includes((HTTP_ACTIONS[name] as Row).scope));
    const ownKeys = ['createKey', 'revokeKey', 'rotateKey'];
    const ownDevices = ['signOutDevice', 'signOutDevices'];
    const told = ['addDevice', 'changeDevice', 'removeDevice', 'removeTopic', 'setNotifications', 'setTopic'];
    expect(scoped.toSorted()).toEqual([...ownKeys, ...ownDevices, ...told, 'testNotification'].toSorted());
  });

  it('keeps the process’s facts for those who are signed in', async () => {
    expect((await relay.call('GET', '/api/daemon', { key: null })).status).toBe(401);
    expect((await relay.call('GET', '/api/daemon')).body).toMatchObject({ running: true, pid: process.pid });
  });
});
