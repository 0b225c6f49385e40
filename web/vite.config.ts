import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { serviceWorker } from './worker/plugin.ts';

export default defineConfig({
  plugins: [react(), tailwindcss(), serviceWorker()],
  build: {
    // Nothing is embedded as a data: address: the page's policy allows its own files only.
    assetsInlineLimit: 0,
  },
});
