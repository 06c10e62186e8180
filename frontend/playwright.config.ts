import { defineConfig, devices } from '@playwright/test';

const isRoot = process.getuid?.() === 0;

/**
 * The system's Chromium against a server of the tests' own; `screenshots` writes pictures, and is no test.
 *
 * What is waited for comes within milliseconds, or not at all. How long that takes is no matter of a test: two busy cores
 * and a slow disk may take seconds over any step, and over each again.
 */
export default defineConfig({
  testDir: 'tests',
  workers: 1,
  globalSetup: './tests/serve.ts',
  forbidOnly: true,
  timeout: 300_000,
  expect: { timeout: 60_000, toPass: { timeout: 120_000 } },
  outputDir: 'test-results/browser',
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    // The workers read this again, after the server is there.
    baseURL: process.env['SYSLOGGER_URL'] ?? 'http://127.0.0.1:3000',
    viewport: { width: 1440, height: 900 },
    timezoneId: 'UTC',
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 60_000,
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: isRoot ? ['--no-sandbox'] : [],
    },
  },
  projects: [
    { name: 'tests', testMatch: '*.spec.ts' },
    { name: 'screenshots', testMatch: 'screenshots.ts' },
  ],
});
