// Journeys on the real system. `cargo dev test --only browser` starts it and sets the environment.
import { defineConfig } from '@playwright/test';

const launchOptions = {
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--no-first-run', '--no-default-browser-check',
  ],
};

export default defineConfig({
  testDir: './tests',
  globalSetup: './support/codes.ts',
  fullyParallel: true,
  workers: 3,
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  outputDir: './test-results',
  use: {
    baseURL: process.env.BASE_URL ?? 'http://localhost:3000',
    browserName: 'chromium',
    locale: 'en-GB',
    launchOptions,
    trace: 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'js', use: { viewport: { width: 1280, height: 900 } } },
    // Without JavaScript, on a phone and in the dark: whatever works here works everywhere. How wide pages are does not
    // depend on scripts, so that is looked at once.
    {
      name: 'nojs',
      use: { javaScriptEnabled: false, viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
      testIgnore: /_widths\.spec\.ts$/,
    },
  ],
});
