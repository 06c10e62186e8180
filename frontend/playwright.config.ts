import { defineConfig, devices } from '@playwright/test';

const isRoot = process.getuid?.() === 0;

/** The system's Chromium; SYSLOGGER_URL is a server that runs, SYSLOGGER_SETUP_CODE its setup code. */
export default defineConfig({
  testDir: 'tests',
  testMatch: '*.spec.ts',
  workers: 1,
  globalSetup: './tests/serve.ts',
  forbidOnly: true,
  outputDir: 'test-results',
  reporter: 'list',
  use: {
    baseURL: process.env['SYSLOGGER_URL'] ?? 'http://127.0.0.1:3000',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: isRoot ? ['--no-sandbox'] : [],
    },
  },
  projects: [{ name: 'desktop', use: { ...devices['Desktop Chrome'] } }],
});
