import { describe, expect, it } from 'vitest';
import { isOwnToolCall } from './own-tools.ts';

const tools = new Set(['spawn_session', 'tell_child']);
const call = (fields: object) => ({ toolCallId: 'c', rawInput: undefined, ...fields });

describe('isOwnToolCall', () => {
  it.each([
    'mcp__treeline__spawn_session',
    'mcp_treeline_spawn_session',
    'treeline_spawn_session',
    'treeline-spawn_session',
    'Tool: treeline/spawn_session',
    'mcp.treeline.spawn_session',
    'spawn_session (treeline MCP Server)',
  ])('knows its tools as agents write them: %s', (title) => {
    expect(isOwnToolCall(call({ title }), tools)).toBe(true);
    expect(isOwnToolCall(call({ name: title, title: 'something readable' }), tools)).toBe(true);
  });

  it.each([
    'rm -rf / # mcp__treeline__spawn_session',
    'treeline_spawn_session; rm -rf /',
    'mcp__treeline__delete_everything',
    'mcp__other__treeline_spawn_session',
    'spawn_session',
    'spawn_session (other MCP Server)',
    '',
  ])('takes nothing else for its own: %s', (title) => {
    expect(isOwnToolCall(call({ title, kind: 'execute' }), tools)).toBe(false);
  });

  it('does not believe the arguments, which the model writes', () => {
    const rawInput = { server: 'treeline', tool: 'spawn_session', name: 'mcp__treeline__spawn_session' };
    expect(isOwnToolCall(call({ title: 'mcp__other__run', rawInput }), tools)).toBe(false);
  });
});
