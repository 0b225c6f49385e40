/** Opens the conversation: initialize, then a new session or the earlier one, by what the agent says it can. */
import { methods, PROTOCOL_VERSION } from '@agentclientprotocol/sdk';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AgentStartError, type AgentSpec } from '../agent.ts';
import { isAuthRequired, problemText, type AcpConnection } from './connection.ts';
import type { McpServer } from './mcp-server.ts';

const INITIALIZE_MS = 90_000;
const OPEN_MS = 120_000;

const capability = z
  .unknown()
  .optional()
  .transform((value) => value !== undefined && value !== null && value !== false);
const Initialized = z.looseObject({
  protocolVersion: z.number(),
  agentCapabilities: z
    .looseObject({
      loadSession: capability,
      sessionCapabilities: z.looseObject({ resume: capability }).nullish(),
      mcpCapabilities: z.looseObject({ http: capability }).nullish(),
    })
    .nullish(),
  _meta: z.looseObject({ steering: z.looseObject({ supported: z.boolean() }).nullish() }).nullish(),
});

const Choice = z.looseObject({ value: z.string(), name: z.string().nullish() });
const Opened = z.looseObject({
  sessionId: z.string().nullish(),
  configOptions: z
    .array(z.looseObject({ id: z.string(), category: z.string().nullish(), options: z.array(z.unknown()).nullish() }))
    .nullish(),
  models: z.looseObject({ availableModels: z.array(z.looseObject({ modelId: z.string() })) }).nullish(),
});
type Opened = z.infer<typeof Opened>;

export interface AcpSession {
  readonly id: string;
  readonly resumable: boolean;
  readonly nativeSteering: boolean;
  /** What a person should know about this start. */
  readonly warnings: readonly string[];
}

export interface OpenOptions {
  readonly connection: AcpConnection;
  readonly spec: AgentSpec;
  readonly mcp: McpServer;
  readonly loginHint?: string | undefined;
  readonly initializeMs?: number | undefined;
}

/** Rejects with an AgentStartError. While an earlier session is loaded the agent may repeat its history as updates. */
export async function openSession(options: OpenOptions): Promise<AcpSession> {
  const { connection, spec } = options;
  const initialized = await ask(options, Initialized, {
    method: methods.agent.initialize,
    params: {
      protocolVersion: PROTOCOL_VERSION,
      clientInfo: { name: 'treeline', title: 'Treeline', version: '1' },
      clientCapabilities: {
        fs: { readTextFile: false, writeTextFile: false },
        terminal: false,
        elicitation: { form: {} },
      },
    },
    withinMs: options.initializeMs ?? INITIALIZE_MS,
  });
  if (initialized.protocolVersion !== PROTOCOL_VERSION) {
    throw new AgentStartError(`${spec.config.name} speaks version ${initialized.protocolVersion} of ACP`, {
      reason: 'config',
      detail: `Treeline speaks version ${PROTOCOL_VERSION}. Use another version of the agent.`,
    });
  }
  const can = initialized.agentCapabilities;
  const canResume = can?.sessionCapabilities?.resume === true;
  const canLoad = can?.loadSession === true;
  const http = can?.mcpCapabilities?.http === true;
  const place = { cwd: spec.cwd, mcpServers: http ? [options.mcp.entry] : [] };

  let opened: Opened;
  if (spec.resume === undefined) {
    opened = await ask(options, Opened, { method: methods.agent.session.new, params: place, withinMs: OPEN_MS });
  } else if (canResume || canLoad) {
    const method = canResume ? methods.agent.session.resume : methods.agent.session.load;
    opened = await ask(options, Opened.catch({}), {
      method,
      params: { ...place, sessionId: spec.resume },
      withinMs: OPEN_MS,
    });
  } else {
    throw new AgentStartError(`${spec.config.name} cannot go on with an earlier conversation`, {
      reason: 'config',
      detail: 'It offers neither session/load nor session/resume.',
    });
  }
  const id = spec.resume ?? opened.sessionId;
  if (typeof id !== 'string') {
    throw new AgentStartError(`${spec.config.name} opened no session`, {
      reason: 'error',
      detail: 'Its answer names none.',
    });
  }
  const warnings = http ? [] : ['This agent takes no tools over HTTP: it can neither ask nor start sessions.'];
  const modelWarning = await chooseModel({ connection, id, opened, model: spec.model });
  return {
    id,
    resumable: canResume || canLoad,
    nativeSteering: initialized._meta?.steering?.supported === true,
    warnings: modelWarning === undefined ? warnings : [...warnings, modelWarning],
  };
}

interface Question {
  readonly method: string;
  readonly params: object;
  readonly withinMs: number;
}

async function ask<S extends z.ZodType>(options: OpenOptions, schema: S, question: Question): Promise<z.output<S>> {
  const { name } = options.spec.config;
  const late = new AbortController();
  const tooLate = sleep(question.withinMs, undefined, { signal: late.signal }).then(() => {
    throw new AgentStartError(`${name} did not answer ${question.method} within ${question.withinMs / 1000} s`, {
      reason: 'timeout',
      detail: 'Is this an ACP agent? Try its command in a terminal: it should wait for JSON on its standard input.',
    });
  });
  try {
    return schema.parse(await Promise.race([options.connection.request(question.method, question.params), tooLate]));
  } catch (error) {
    if (error instanceof AgentStartError) throw error;
    if (isAuthRequired(error)) {
      const detail =
        options.loginHint ?? 'Sign in with its own command, or pass its API key by passEnv in the agents file.';
      throw new AgentStartError(`${name} is not signed in`, { reason: 'auth', detail, cause: error });
    }
    throw new AgentStartError(`${name} failed at ${question.method}: ${problemText(error)}`, {
      reason: 'error',
      detail: '',
      cause: error,
    });
  } finally {
    late.abort();
    tooLate.catch(() => undefined);
  }
}

interface ModelChoice {
  readonly connection: AcpConnection;
  readonly id: string;
  readonly opened: Opened;
  readonly model: string | undefined;
}

/** Returns a warning when the agent goes on with its default. */
async function chooseModel({ connection, id, opened, model }: ModelChoice): Promise<string | undefined> {
  if (model === undefined) return undefined;
  const option = opened.configOptions?.find(({ category, id: name }) => category === 'model' || name === 'model');
  try {
    if (option !== undefined) {
      const value =
        choicesOf(option.options ?? []).find((it) => it.value === model || it.name === model)?.value ?? model;
      await connection.request(methods.agent.session.setConfigOption, { sessionId: id, configId: option.id, value });
      return undefined;
    }
    if (opened.models !== undefined && opened.models !== null) {
      await connection.request('session/set_model', { sessionId: id, modelId: model });
      return undefined;
    }
  } catch (error) {
    return `The model ${model} could not be chosen, so the default is used: ${problemText(error)}`;
  }
  return `This agent lets no model be chosen, so its default is used instead of ${model}.`;
}

/** Choices come flat or in groups. */
function choicesOf(options: readonly unknown[]): z.infer<typeof Choice>[] {
  return options.flatMap((option) => {
    const choice = Choice.safeParse(option);
    if (choice.success) return [choice.data];
    const group = z.looseObject({ options: z.array(z.unknown()) }).safeParse(option);
    return group.success ? choicesOf(group.data.options) : [];
  });
}
