import { fileURLToPath } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const WITH_DOCUMENT = [
  'src/features/clients/api/get-unknown-senders.test.ts',
  'src/lib/api-client.test.ts',
  'src/lib/stored-columns.test.ts',
];
const API = process.env['SYSLOGGER_API'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    // The API's Content-Security-Policy has no data: for fonts and scripts.
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: API, ws: true } } },
  test: {
    restoreMocks: true,
    // How fast the machine is, is no matter of a test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What has no page needs no document, which costs each file half a second.
    projects: [
      { extends: true, test: { name: 'plain', include: ['src/**/*.test.ts'], exclude: WITH_DOCUMENT } },
      {
        extends: true,
        test: {
          name: 'pages',
          environment: 'jsdom',
          setupFiles: ['src/testing/setup.ts'],
          include: ['src/**/*.test.tsx', ...WITH_DOCUMENT],
        },
      },
    ],
  },
});
