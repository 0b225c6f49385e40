/** The built viewer: its files, and its page for every address that the viewer itself routes. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Router, static as serveStatic, type RequestHandler } from 'express';

/** Addresses that people get as links. Others get the page too when a browser asks for a page. */
export const PAGES = [
  '/',
  '/s/:id',
  '/inbox',
  '/sessions',
  '/runners',
  '/login',
  '/oidc',
  '/setup',
  '/pair',
  '/join',
  '/share/:token',
];

const PLAIN_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Treeline</title><h1>Treeline relay</h1><p>The relay runs, but the viewer was not built. Build it with
<code>npx pnpm build</code>, or use the command line: <code>treeline session ls</code>.</p><p><a href="/api/openapi.json">The API</a></p></html>
`;

export function viewerRoutes(webDir: string): Router {
  const router = Router();
  const index = join(webDir, 'index.html');
  const built = existsSync(index);
  if (built) {
    router.use(
      '/assets',
      serveStatic(join(webDir, 'assets'), {
        immutable: true,
        maxAge: '1y',
        fallthrough: true,
        index: false,
        redirect: false,
      }),
    );
    router.use(
      serveStatic(webDir, {
        index: false,
        redirect: false,
        setHeaders: (response) => void response.setHeader('Cache-Control', 'no-cache'),
      }),
    );
  }
  const page: RequestHandler = (_request, response) => {
    response.setHeader('Cache-Control', 'no-cache');
    if (built) response.sendFile(index, { cacheControl: false });
    else response.type('html').send(PLAIN_PAGE);
  };
  router.get(PAGES, page);
  router.use((request, response, next) => {
    const wantsPage = request.method === 'GET' && request.get('accept')?.includes('text/html') === true;
    if (wantsPage && !/^\/(api|socket\.io|assets)(\/|$)/.test(request.path) && !/\.\w+$/.test(request.path))
      page(request, response, next);
    else next();
  });
  return router;
}
