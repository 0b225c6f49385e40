/** Light, dark or as the system has it. /theme.js sets it before the first paint. */
import { remember, remembered } from '../remembered.ts';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'treeline.theme';

export function storedTheme(): Theme {
  const value = remembered(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
}

export function setTheme(theme: Theme): void {
  remember(KEY, theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
