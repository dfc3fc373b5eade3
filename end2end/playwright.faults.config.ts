// Processes die and the bus goes away while people buy. One after the other, since they share the system.
import { defineConfig } from '@playwright/test';
import journeys from './playwright.config';

export default defineConfig({
  ...journeys,
  testDir: './faults',
  outputDir: './test-results/faults',
  fullyParallel: false,
  workers: 1,
  timeout: 120_000,
  projects: [{ name: 'faults', use: { viewport: { width: 1280, height: 900 } } }],
});
