/** Draws the PNG icons of the viewer from its SVGs, with the browser of the tests: `node infra/icons.mjs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './build.mjs';
import { provideTools } from './tools.mjs';

const WEB = join(ROOT, 'web');
const ICONS = [
  ['public/icon.svg', 'icon-192.png', 192],
  ['public/icon.svg', 'icon-512.png', 512],
  ['icons/maskable.svg', 'icon-maskable-512.png', 512],
  // iOS draws its own round corners.
  ['icons/maskable.svg', 'apple-touch-icon.png', 180],
  ['icons/badge.svg', 'badge-96.png', 96],
];

const playwright = createRequire(join(ROOT, 'test', 'package.json')).resolve('playwright-core');
const { chromium } = (await import(pathToFileURL(playwright).href)).default;
const executablePath = provideTools().TREELINE_TEST_CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage();
for (const [source, name, size] of ICONS) {
  const svg = readFileSync(join(WEB, source), 'utf8');
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  writeFileSync(join(WEB, 'public', name), await page.screenshot({ omitBackground: true }));
}
await browser.close();
