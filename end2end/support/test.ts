// The `test` of every spec: it fails on any console error, and `visit` checks each page for accessibility.
import { test as base, expect, type Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { People } from './people';

/** Chromium writes this line for every status of 400 or more, also for the ones that we expect. */
const EXPECTED = /Failed to load resource: the server responded with a status of/;

export const test = base.extend<{ people: People; noConsoleErrors: void }>({
  people: async ({ browser, baseURL }, use, info) => {
    const people = new People(browser, baseURL!, info.project.use.javaScriptEnabled !== false, watch);
    await use(people);
    await people.leave();
  },
  noConsoleErrors: [
    async ({ page }, use) => {
      const check = watch(page);
      await use();
      check();
    },
    { auto: true },
  ],
});

/** Collects what the page complains about; the function that it returns fails the test if there was anything. */
function watch(page: Page): () => void {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  return () => expect(errors, 'console errors').toEqual([]);
}

/** Islands that are not hydrated yet lose clicks. Without JavaScript there is nothing to wait for. */
export async function hydrated(page: Page): Promise<void> {
  const scripted = await page.locator('noscript').count().then(() => test.info().project.name !== 'nojs');
  if (scripted) await expect(page.locator('html[data-hydrated]')).toHaveCount(1);
}

/** Goes to a page and checks it. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await checked(page);
}

/** Checks the page that is shown: one h1, a title, and nothing that axe finds (WCAG 2.2 A and AA, best practice). */
export async function checked(page: Page): Promise<void> {
  await hydrated(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page).toHaveTitle(/\S/);
  const violations = await withScripts(page, async (rendered) => {
    const found = await new AxeBuilder({ page: rendered })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    return found.violations;
  });
  const problems = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  expect(problems, `accessibility of ${page.url()}`).toEqual([]);
}

/**
 * axe is a script, so where JavaScript is off it looks at a copy: what the server rendered and the visitor entered, in a
 * page that has JavaScript but none of ours.
 */
async function withScripts<T>(page: Page, look: (page: Page) => Promise<T>): Promise<T> {
  if (test.info().project.name !== 'nojs') return look(page);
  const body = (await page.content()).replace(/<script\b[^>]*>[\s\S]*?<\/script>/g, '');
  const context = await page.context().browser()!.newContext({
    viewport: page.viewportSize(), storageState: await page.context().storageState(), javaScriptEnabled: true,
  });
  try {
    const copy = await context.newPage();
    await copy.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
    await copy.goto(page.url());
    return await look(copy);
  } finally {
    await context.close();
  }
}

export { expect };
